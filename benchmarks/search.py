"""How well questions find their passages: nDCG and recall over whole books.

    python -m benchmarks.search --data DIR --out DIR [--limit 20] [--scorer FILE] [--cache DIR]

`DIR` holds books.jsonl and questions.jsonl. Every book goes through the product's own path: cast,
passages, embeddings, both indices in SQLite; every question through HybridSearch. Writes
OUT/ranked.jsonl and prints a row a book. With a scorer (or in the environment, SCORER) its table
follows, for spans of at most 1,000 characters.

`--method` ranks by one leg alone, or by plain reciprocal rank fusion of both, for comparison.
`--cache` keeps embeddings between runs; the seconds of a row then tell nothing of an ingest.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.outbound.cast.extract import extract_cast
from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.sqlite.books import SqliteBookRepository
from adapters.outbound.sqlite.casts import SqliteCastRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.keyword_index import SqliteKeywordIndex
from adapters.outbound.sqlite.passages import SqlitePassageRepository
from adapters.outbound.sqlite.vector_index import SqliteVectorIndex
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from application.hybrid_search import HybridSearch, SearchRequest
from application.index_passages import IndexPassages
from application.ports.embedder import Embedder, EmbeddingKind, Vector
from application.search_legs import CANDIDATES
from domain.book import BookLayout, Chapter, ContentVersion
from domain.frontier import WHOLE_BOOK
from domain.fusion import reciprocal_rank_fusion
from domain.ids import BookId
from domain.span import Span

MAX_SPAN = 1000  # characters: a longer passage shows a reader less of what else was found
METHODS = ("hybrid", "keywords", "vectors", "rrf")

Record = dict[str, Any]


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
    """One library of the embedded parts in a folder of its own."""

    def __init__(self, folder: Path, embedder: Embedder, limit: int) -> None:
        self._limit = limit
        self._database = Database(folder / "falsafa.db")
        self._books = SqliteBookRepository(self._database)
        self._casts = SqliteCastRepository(self._database)
        self._passages = SqlitePassageRepository(self._database)
        self._vectors = SqliteVectorIndex(self._database)
        self._keywords = SqliteKeywordIndex(self._database)
        self._embedder = embedder
        self._index = IndexPassages(
            casts=self._casts,
            passages=self._passages,
            embedder=embedder,
            vectors=self._vectors,
            keywords=self._keywords,
            tokens=TiktokenCounter(),
        )
        self._search = HybridSearch(
            books=self._books,
            casts=self._casts,
            passages=self._passages,
            embedder=embedder,
            vectors=self._vectors,
            keywords=self._keywords,
            metrics=MemoryMetrics(),
        )

    async def aclose(self) -> None:
        await self._database.aclose()

    async def add(self, book: Record) -> tuple[ContentVersion, int]:
        """Index a book; returns how many passages it has."""
        version = ContentVersion(BookId(book["book"]), 1)
        layout = _layout(book)
        await self._books.put_layout(version, layout)
        cast = await asyncio.to_thread(extract_cast, book["text"], layout)
        await self._casts.put(version, cast)
        count = await self._index.chunk(version, book["text"], layout)
        await self._index.embed(version, _tell_nobody)
        await self._index.index(version)
        return version, count

    async def ranked(self, version: ContentVersion, question: str, method: str) -> list[Span]:
        if method == "hybrid":
            request = SearchRequest(version, question, limit=self._limit)
            return [hit.passage.span for hit in (await self._search.search(request)).hits]
        legs = [await self._leg(version, question, leg) for leg in ("keywords", "vectors")]
        order = {
            "keywords": lambda: legs[0],
            "vectors": lambda: legs[1],
            "rrf": lambda: _by_score(reciprocal_rank_fusion(legs)),
        }[method]()[: self._limit]
        passages = await self._passages.get(version, order, WHOLE_BOOK)
        return [passages[index].span for index in order]

    async def _leg(self, version: ContentVersion, question: str, leg: str) -> list[int]:
        if leg == "keywords":
            words = await self._keywords.search(version, question, WHOLE_BOOK, CANDIDATES)
            return [candidate.passage_index for candidate in words]
        (vector,) = await self._embedder.embed([question], "query")
        near = await self._vectors.search(
            version, vector, self._embedder.model, WHOLE_BOOK, CANDIDATES
        )
        return [candidate.passage_index for candidate in near]


class CachedEmbedder:
    """Keeps the vectors of documents in a file: for development, where only the ranking changes."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._store = sqlite3.connect(folder / f"{embedder.model}.db", isolation_level=None)
        self._store.execute("CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector)")
        self.model = embedder.model
        self.dimension = embedder.dimension

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        if kind == "query":
            return await self._embedder.embed(texts, kind)
        missing = [text for text in dict.fromkeys(texts) if not self._kept(text)]
        for text, vector in zip(missing, await self._embedder.embed(missing, kind), strict=True):
            self._store.execute(
                "INSERT INTO vectors VALUES (?, ?)", (_digest(text), vector.tobytes())
            )
        return [array("f", vector) for text in texts for vector in self._kept(text)]

    def _kept(self, text: str) -> list[bytes]:
        """The vector, if it is kept."""
        query = "SELECT vector FROM vectors WHERE digest = ?"
        return [row[0] for row in self._store.execute(query, (_digest(text),))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--scorer", type=Path, default=os.environ.get("SCORER"))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--method", choices=METHODS, default="hybrid")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    asyncio.run(_run(arguments))
    if arguments.scorer:
        sys.exit(_score(arguments.scorer, arguments.data, arguments.out))


async def _run(arguments: argparse.Namespace) -> None:
    questions = defaultdict(list)
    for question in _records(arguments.data / "questions.jsonl"):
        questions[question["book"]].append(question)
    with tempfile.TemporaryDirectory() as folder:
        embedder: Embedder = MiniLmEmbedder(Path(folder) / "models")
        await embedder.embed(["the model is loaded and built"], "query")
        if arguments.cache:
            embedder = CachedEmbedder(embedder, arguments.cache)
        bench = Bench(Path(folder), embedder, arguments.limit)
        rows = []
        with (arguments.out / "ranked.jsonl").open("w", encoding="utf-8") as out:
            for book in _records(arguments.data / "books.jsonl"):
                row, answers = await _one(bench, book, questions[book["book"]], arguments.method)
                row.print()
                rows.append(row)
                out.writelines(json.dumps(answer) + "\n" for answer in answers)
        await bench.aclose()
    Row(
        "in all",
        sum(row.passages for row in rows),
        sum(row.index_seconds for row in rows),
        [ms for row in rows for ms in row.query_ms],
    ).print()


async def _one(
    bench: Bench, book: Record, questions: Iterable[Record], method: str
) -> tuple[Row, list[Record]]:
    started = time.perf_counter()
    version, passages = await bench.add(book)
    row = Row(book["book"], passages, time.perf_counter() - started, [])
    answers = []
    for question in questions:
        started = time.perf_counter()
        spans = await bench.ranked(version, question["question"], method)
        row.query_ms.append(1000 * (time.perf_counter() - started))
        ranked = [{"book": book["book"], "start": s.start, "end": s.end} for s in spans]
        answers.append({"id": question["id"], "ranked": ranked})
    return row, answers


def _layout(book: Record) -> BookLayout:
    chapters = tuple(
        Chapter(
            index=index,
            title=chapter["title"],
            span=Span(chapter["start"], chapter["end"]),
            number=index + 1,
        )
        for index, chapter in enumerate(book["chapters"])
    )
    return BookLayout(length=len(book["text"]), chapters=chapters)


def _by_score(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda passage: -scores[passage])


async def _tell_nobody(fraction: float, detail: str) -> None:
    """Progress has no reader here."""


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _records(path: Path) -> Iterable[Record]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _score(scorer: Path, data: Path, out: Path) -> int:
    """All questions, then those that share few words with what they ask for."""
    command = [sys.executable, str(scorer), "--max-span", str(MAX_SPAN), "--no-ci", str(data)]
    ranked = str(out / "ranked.jsonl")
    low_overlap = data / "low_overlap_ids.txt"
    code = subprocess.run([*command, ranked, "--json", str(out / "scores.json")]).returncode
    if not code and low_overlap.exists():
        print("\nof these, with few words in common with their passage:")
        code = subprocess.run([*command, ranked, "--only", str(low_overlap)]).returncode
    return code


if __name__ == "__main__":
    main()
