"""The embedded stores in a folder, filled by the product's own path: what benchmarks search in."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from adapters.outbound.cast.extract import extract_cast
from adapters.outbound.files.blobs import FolderBlobStore
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.sqlite.books import SqliteBookRepository
from adapters.outbound.sqlite.casts import SqliteCastRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.keyword_index import SqliteKeywordIndex
from adapters.outbound.sqlite.passages import SqlitePassageRepository
from adapters.outbound.sqlite.vector_index import SqliteVectorIndex
from adapters.outbound.token_vectors.blob_store import BlobTokenVectors
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from application.hybrid_search import HybridSearch
from application.index_passages import IndexPassages
from application.late_interaction import LateInteraction
from application.ports.embedder import Embedder
from application.ports.token_vectors import TokenEncoder
from domain.book import BookLayout, Chapter, ContentVersion
from domain.ids import BookId
from domain.ranking import Learned
from domain.span import Span

Record = dict[str, Any]


class LocalEmbedder(Embedder, TokenEncoder, Protocol):
    """One that gives token vectors, too."""


class EmbeddedLibrary:
    def __init__(self, folder: Path, embedder: LocalEmbedder) -> None:
        self.folder = folder
        self.embedder = embedder
        self.database = Database(folder / "falsafa.db")
        self.books = SqliteBookRepository(self.database)
        self.casts = SqliteCastRepository(self.database)
        self.passages = SqlitePassageRepository(self.database)
        self.vectors = SqliteVectorIndex(self.database)
        self.keywords = SqliteKeywordIndex(self.database)
        self.token_vectors = BlobTokenVectors(FolderBlobStore(folder / "blobs"))
        self.late_interaction = LateInteraction(encoder=embedder, store=self.token_vectors)

    async def add(self, book: Record) -> tuple[ContentVersion, int]:
        """Index a book; returns how many passages it has."""
        version = ContentVersion(BookId(book["book"]), 1)
        layout = _layout(book)
        await self.books.put_layout(version, layout)
        cast = await asyncio.to_thread(extract_cast, book["text"], layout)
        await self.casts.put(version, cast)
        index = IndexPassages(
            casts=self.casts,
            passages=self.passages,
            embedder=self.embedder,
            vectors=self.vectors,
            keywords=self.keywords,
            tokens=TiktokenCounter(),
            late_interaction=self.late_interaction,
        )
        count = await index.chunk(version, book["text"], layout)
        await index.embed(version, _tell_nobody)
        await index.index(version)
        return version, count

    def search(
        self, late_interaction: LateInteraction | None, learned: Learned | None
    ) -> HybridSearch:
        """Without late interaction: as where an API embeds."""
        return HybridSearch(
            books=self.books,
            casts=self.casts,
            passages=self.passages,
            embedder=self.embedder,
            vectors=self.vectors,
            keywords=self.keywords,
            metrics=MemoryMetrics(),
            late_interaction=late_interaction,
            learned=learned,
        )

    async def aclose(self) -> None:
        """The embedder is closed by whoever made it."""
        await self.database.aclose()


def questions_by_book(data: Path) -> dict[str, list[Record]]:
    found = defaultdict(list)
    for question in records(data / "questions.jsonl"):
        found[question["book"]].append(question)
    return found


def records(path: Path) -> Iterable[Record]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


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


async def _tell_nobody(fraction: float, detail: str) -> None:
    """Progress has no reader here."""
