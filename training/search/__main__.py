"""Learn how our own ranker orders the best of what was found, from questions on tales.

    python -m training.search DATA [--cache DIR] [--out FILE] [--held-out FILE]

DATA: books.jsonl and questions.jsonl as benchmarks/search.py takes them; the questions of
FairytaleQA are learned from (Xu et al., "Fantastic Questions and Where to Find Them", ACL 2022,
Apache-2.0), no others. Books go through the product's own path, questions through HybridSearch with
a recorder in the network's place. `--held-out` takes networks that were learned without a fold of
books each, for `make bench-search`. The seed is fixed: the same data give the same networks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from adapters.outbound.reranking.learned_order import FILE
from benchmarks.question_books import QuestionBooks, questions_by_book, records
from training.search.examples import Example, Examples
from training.search.held_out import HELD_OUT
from training.search.learn import learn

SET = "fairytaleqa"
FOLDS = 5
PROVENANCE = (
    "Learned by training/search from the questions of FairytaleQA (Xu et al., ACL 2022), "
    "Apache-2.0, https://github.com/uci-soe/FairytaleQAData; none of its text is here."
)

ByBook = Mapping[str, Sequence[Example]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--held-out", type=Path, default=HELD_OUT)
    arguments = parser.parse_args()
    names, examples = asyncio.run(_examples(arguments.data, arguments.cache))
    networks = _networks(names, examples)
    _write(arguments.out, {"provenance": PROVENANCE, **networks})
    folds = [
        {"books": fold, **_networks(names, _without(examples, fold))}
        for fold in _folds(examples["with_tokens"])
    ]
    _write(arguments.held_out, {"provenance": PROVENANCE, "folds": folds})


async def _examples(
    data: Path, cache: Path | None
) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, ByBook]]:
    """By the names of Learned's fields: the features' names, and the examples by book."""
    questions = questions_by_book(data)
    with tempfile.TemporaryDirectory() as folder:
        books = QuestionBooks(Path(folder), cache)
        kinds = {
            "with_tokens": Examples(books, with_tokens=True),
            "without": Examples(books, with_tokens=False),
        }
        found: dict[str, dict[str, list[Example]]] = {kind: {} for kind in kinds}
        for book in records(data / "books.jsonl"):
            if book["set"] != SET:
                continue
            version, _ = await books.add(book)
            for kind, examples in kinds.items():
                found[kind][book["book"]] = await examples.of(version, questions[book["book"]])
            print(book["book"], len(found["without"][book["book"]]), "questions", flush=True)
        await books.aclose()
    return {kind: examples.names for kind, examples in kinds.items()}, found


def _folds(examples: ByBook) -> list[list[str]]:
    """Of about as many questions each: the largest book first, each to the emptiest fold."""
    folds: list[list[str]] = [[] for _ in range(FOLDS)]
    for book in sorted(examples, key=lambda book: (-len(examples[book]), book)):
        min(folds, key=lambda fold: sum(len(examples[b]) for b in fold)).append(book)
    return folds


def _without(examples: Mapping[str, ByBook], fold: Sequence[str]) -> Mapping[str, ByBook]:
    return {
        kind: {book: found for book, found in by_book.items() if book not in fold}
        for kind, by_book in examples.items()
    }


def _networks(
    names: Mapping[str, tuple[str, ...]], examples: Mapping[str, ByBook]
) -> dict[str, dict[str, Any]]:
    return {
        kind: asdict(learn(names[kind], [e for found in by_book.values() for e in found]))
        for kind, by_book in examples.items()
    }


def _write(path: Path, table: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
