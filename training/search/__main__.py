"""Learn how our own ranker orders the best of what was found, from questions on tales.

    python -m training.search DATA [--cache DIR] [--order FILE] [--heads FILE] [--held-out DIR]

DATA: books.jsonl and questions.jsonl as benchmarks/search.py takes them; the questions of
FairytaleQA are learned from (Xu et al., "Fantastic Questions and Where to Find Them", ACL 2022,
Apache-2.0), no others. Books go through the product's own path, questions through HybridSearch.
`--order` takes the networks, `--heads` what moves a query's tokens; the folder `--held-out` those
that were learned without a fold of books each, for `make bench-search`. The seed is fixed: the same
data give the same files on the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from adapters.outbound.embedding.minilm_encoder import MiniLmEncoder
from adapters.outbound.embedding.query_heads import SHIPPED_HEADS_FILE, QueryHeads
from adapters.outbound.reranking.learned_order import FILE
from benchmarks.embedded_library import questions_by_book, records
from benchmarks.question_books import QuestionBooks
from training.search.examples import Example, Examples
from training.search.heads import untrained, write_heads
from training.search.held_out import HELD_OUT
from training.search.learn import Learnt, learn

SET = "fairytaleqa"
FOLDS = 5
PROVENANCE = (
    "Learned by training/search from the questions of FairytaleQA (Xu et al., ACL 2022), "
    "Apache-2.0, https://github.com/uci-soe/FairytaleQAData; none of its text is here."
)

ByBook = Mapping[str, Sequence[Example]]


@dataclass(frozen=True, slots=True)
class Material:
    """By the names of Learned's fields: the features' names, and the examples by book."""

    names: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, ByBook]


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of network to learn, without the books of a fold."""

    kind: str
    fold: Sequence[str] = ()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--order", type=Path, default=FILE)
    parser.add_argument("--heads", type=Path, default=SHIPPED_HEADS_FILE)
    parser.add_argument("--held-out", type=Path, default=HELD_OUT)
    arguments = parser.parse_args()
    material = asyncio.run(_material(arguments.data, arguments.cache))
    folds: list[list[str]] = [[], *_folds(material.examples["with_tokens"])]
    tasks = [Task(kind, fold) for fold in folds for kind in material.examples]
    # Forked, for the examples are too large to be sent.
    with ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("fork"), _take, (material,)
    ) as processes:
        learnt: dict[tuple[str, ...], Learnt] = {}
        for task, made in zip(tasks, processes.map(_learn, tasks), strict=True):
            learnt[task.kind, *task.fold] = made
            print(f"learned {task.kind}, {len(learnt)} of {len(tasks)}", flush=True)
    arguments.held_out.mkdir(exist_ok=True)
    for number, fold in enumerate(folds):
        order, heads = arguments.order, arguments.heads
        if fold:
            order = arguments.held_out / f"fold-{number}.json"
            heads = order.with_suffix(".npz")
        found = {kind: learnt[kind, *fold] for kind in material.examples}
        networks = {kind: asdict(one.network) for kind, one in found.items()}
        _write(order, {"provenance": PROVENANCE, "without_books": fold, **networks})
        write_heads(heads, found["with_tokens"].heads)
        print(f"{heads}: {heads.stat().st_size:,} bytes")


_material_of_process: list[Material] = []


def _take(material: Material) -> None:
    _material_of_process.append(material)


def _learn(task: Task) -> Learnt:
    (material,) = _material_of_process
    by_book = material.examples[task.kind]
    examples = [e for book, found in by_book.items() if book not in task.fold for e in found]
    return learn(material.names[task.kind], examples)


async def _material(data: Path, cache: Path | None) -> Material:
    questions = questions_by_book(data)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_heads(folder / "heads.npz", [untrained(torch.Generator())])
        books = QuestionBooks(folder, cache, QueryHeads(folder / "heads.npz"))
        encoder = MiniLmEncoder(folder / "models")
        kinds = {
            "with_tokens": Examples(books, encoder, with_tokens=True),
            "without": Examples(books, encoder, with_tokens=False),
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
    return Material({kind: examples.names for kind, examples in kinds.items()}, found)


def _folds(examples: ByBook) -> list[list[str]]:
    """Of about as many questions each: the largest book first, each to the emptiest fold."""
    folds: list[list[str]] = [[] for _ in range(FOLDS)]
    for book in sorted(examples, key=lambda book: (-len(examples[book]), book)):
        min(folds, key=lambda fold: sum(len(examples[b]) for b in fold)).append(book)
    return folds


def _write(path: Path, table: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
