"""How well questions find their passages: nDCG and recall over whole books.

    python -m benchmarks.search --data DIR --out DIR [--limit 20] [--scorer FILE] [--cache DIR]

`DIR` holds books.jsonl and questions.jsonl. Every book goes through the product's own path: cast,
passages, embeddings, both indices in SQLite; every question through HybridSearch, once with the
token vectors and once without, as where an API embeds. Writes OUT/tokens.jsonl and
OUT/no-tokens.jsonl and prints a row a book. With a scorer (or in the environment, SCORER) its
tables follow, for spans of at most 1,000 characters.

Books that networks were learned from are ranked by one that was learned without theirs. `--compare`
adds each leg alone, plain reciprocal rank fusion of both, and our order without what was learned.
`--cache` keeps what the model makes of texts between runs; the seconds of a row then tell nothing
of an ingest.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.outbound.embedding.query_heads import SHIPPED_HEADS
from adapters.outbound.reranking.learned_order import load_learned
from application.hybrid_search import HybridSearch, SearchRequest
from benchmarks.embedded_library import Record, questions_by_book, records
from benchmarks.question_books import QuestionBooks
from benchmarks.rank_fusion import reciprocal_rank_fusion
from domain.book import ContentVersion
from domain.span import Span
from training.search.held_out import held_out

MAX_SPAN = 1000  # characters: a longer passage shows a reader less of what else was found
METHODS = ("tokens", "no-tokens")
LEGS = ("words", "meaning", "rrf")
BY_HAND = "by-hand"

Answers = dict[str, list[Record]]  # by method


@dataclass
class Row:
    """What was measured of one book."""

    name: str
    passages: int
    index_seconds: float
    query_ms: list[float]

    def print(self) -> None:
        median = statistics.median(self.query_ms) if self.query_ms else 0.0
        speed = self.passages / self.index_seconds
        print(
            f"{self.name:32} {self.passages:6} passages {self.index_seconds:7.1f} s"
            f" {speed:6.1f}/s {len(self.query_ms):5} questions  p50 {median:6.2f} ms",
            flush=True,
        )


class Bench:
    def __init__(self, books: QuestionBooks, limit: int) -> None:
        self._books = books
        self._limit = limit
        self._searches: dict[str, HybridSearch] = {}
        self._shipped = load_learned(), SHIPPED_HEADS
        self._held_out = held_out()

    async def ask(
        self, book: Record, questions: Sequence[Record], methods: Sequence[str]
    ) -> tuple[Row, Answers]:
        """The milliseconds are of the first method."""
        started = time.perf_counter()
        version, passages = await self._books.add(book)
        row = Row(book["book"], passages, time.perf_counter() - started, [])
        learned, heads = self._held_out.get(book["book"], self._shipped)
        search = self._books.search
        self._searches = {
            "tokens": search(with_tokens=True, learned=learned, heads=heads),
            "no-tokens": search(with_tokens=False, learned=learned),
            BY_HAND: search(with_tokens=True, learned=None),
        }
        answers: Answers = {method: [] for method in methods}
        for question in questions:
            for method in methods:
                started = time.perf_counter()
                spans = await self._ranked(version, question["question"], method)
                if method == methods[0]:
                    row.query_ms.append(1000 * (time.perf_counter() - started))
                ranked = [{"book": book["book"], "start": s.start, "end": s.end} for s in spans]
                answers[method].append({"id": question["id"], "ranked": ranked})
        return row, answers

    async def _ranked(self, version: ContentVersion, question: str, method: str) -> list[Span]:
        if method in LEGS:
            order = await self._by_legs(version, question, method)
            return await self._books.spans(version, order[: self._limit])
        request = SearchRequest(version, question, limit=self._limit)
        found = await self._searches[method].search(request)
        return [hit.passage.span for hit in found.hits]

    async def _by_legs(self, version: ContentVersion, question: str, method: str) -> list[int]:
        if method == "words":
            return await self._books.by_words(version, question)
        meaning = await self._books.by_meaning(version, question)
        if method == "meaning":
            return meaning
        words = await self._books.by_words(version, question)
        scores = reciprocal_rank_fusion([words, meaning])
        return sorted(scores, key=lambda passage: -scores[passage])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--scorer", type=Path, default=os.environ.get("SCORER"))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--compare", action="store_true")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    methods = (*METHODS, BY_HAND, *LEGS) if arguments.compare else METHODS
    asyncio.run(_run(arguments, methods))
    if arguments.scorer:
        codes = [_score(arguments.scorer, arguments.data, arguments.out, m) for m in methods]
        sys.exit(max(codes))


async def _run(arguments: argparse.Namespace, methods: Sequence[str]) -> None:
    questions = questions_by_book(arguments.data)
    rows = []
    answers: Answers = {method: [] for method in methods}
    with tempfile.TemporaryDirectory() as folder:
        books = QuestionBooks(Path(folder), arguments.cache)
        bench = Bench(books, arguments.limit)
        for book in records(arguments.data / "books.jsonl"):
            row, found = await bench.ask(book, questions[book["book"]], methods)
            row.print()
            rows.append(row)
            for method in methods:
                answers[method] += found[method]
        await books.aclose()
    for method in methods:
        lines = (json.dumps(answer) + "\n" for answer in answers[method])
        (arguments.out / f"{method}.jsonl").write_text("".join(lines), encoding="utf-8")
    Row(
        "in all",
        sum(row.passages for row in rows),
        sum(row.index_seconds for row in rows),
        [ms for row in rows for ms in row.query_ms],
    ).print()


def _score(scorer: Path, data: Path, out: Path, method: str) -> int:
    """All questions, then those that share few words with what they ask for."""
    command = [sys.executable, str(scorer), "--max-span", str(MAX_SPAN), "--no-ci", str(data)]
    ranked = str(out / f"{method}.jsonl")
    print(f"\n{method}:", flush=True)
    scores = str(out / f"{method}-scores.json")
    code = subprocess.run([*command, ranked, "--json", scores]).returncode
    low_overlap = data / "low_overlap_ids.txt"
    if not code and low_overlap.exists():
        print("of these, with few words in common with their passage:", flush=True)
        code = subprocess.run([*command, ranked, "--only", str(low_overlap)]).returncode
    return code


if __name__ == "__main__":
    main()
