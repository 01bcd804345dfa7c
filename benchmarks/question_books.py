"""Books with questions, in the embedded stores: what the search benchmark and training share."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from adapters.outbound.cast.extract import extract_cast
from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.embedding.query_heads import SHIPPED_HEADS, QueryHeads
from adapters.outbound.files.blobs import FolderBlobStore
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.sqlite.books import SqliteBookRepository
from adapters.outbound.sqlite.casts import SqliteCastRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.keyword_index import SqliteKeywordIndex
from adapters.outbound.sqlite.passages import SqlitePassageRepository
from adapters.outbound.sqlite.vector_index import SqliteVectorIndex
from adapters.outbound.token_vectors.blob_store import BlobTokenVectors
from adapters.outbound.token_vectors.book_tokens import NumpyBookTokens
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from application.hybrid_search import HybridSearch
from application.index_passages import IndexPassages
from application.late_interaction import LateInteraction
from application.ports.embedder import EmbeddingKind, Vector
from application.ports.token_vectors import Encoded, EncodedQuery, TextTokens
from application.search_legs import CANDIDATES
from domain.book import BookLayout, Chapter, ContentVersion
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId
from domain.ranking import Learned
from domain.span import Span

Record = dict[str, Any]


class QuestionBooks:
    """A library of the embedded parts in a folder of its own."""

    def __init__(self, folder: Path, cache: Path | None, heads: QueryHeads = SHIPPED_HEADS) -> None:
        minilm = MiniLmEmbedder(folder / "models", heads=heads)
        embedder = CachedEmbedder(minilm, cache) if cache else minilm
        self._folder = folder
        self._by_heads = {heads: minilm}
        self._store = BlobTokenVectors(FolderBlobStore(folder / "blobs"))
        self._database = Database(folder / "falsafa.db")
        self._books = SqliteBookRepository(self._database)
        self._casts = SqliteCastRepository(self._database)
        self._passages = SqlitePassageRepository(self._database)
        self._vectors = SqliteVectorIndex(self._database)
        self._keywords = SqliteKeywordIndex(self._database)
        self._embedder = embedder
        self._tokens = LateInteraction(encoder=embedder, store=self._store)
        self._index = IndexPassages(
            casts=self._casts,
            passages=self._passages,
            embedder=embedder,
            vectors=self._vectors,
            keywords=self._keywords,
            tokens=TiktokenCounter(),
            late_interaction=self._tokens,
        )

    async def aclose(self) -> None:
        for minilm in self._by_heads.values():
            await minilm.aclose()
        await self._database.aclose()

    def search(
        self, *, with_tokens: bool, learned: Learned | None, heads: QueryHeads | None = None
    ) -> HybridSearch:
        """Without tokens: as where an API embeds. `heads`: in the place of the library's."""
        tokens = self._tokens
        if heads is not None:
            tokens = LateInteraction(encoder=self._moved_by(heads), store=self._store)
        return HybridSearch(
            books=self._books,
            casts=self._casts,
            passages=self._passages,
            embedder=self._embedder,
            vectors=self._vectors,
            keywords=self._keywords,
            metrics=MemoryMetrics(),
            late_interaction=tokens if with_tokens else None,
            learned=learned,
        )

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

    async def by_words(self, version: ContentVersion, question: str) -> list[int]:
        found = await self._keywords.search(version, question, WHOLE_BOOK, CANDIDATES)
        return [candidate.passage_index for candidate in found]

    async def by_meaning(self, version: ContentVersion, question: str) -> list[int]:
        (vector,) = await self._embedder.embed([question], "query")
        found = await self._vectors.search(
            version, vector, self._embedder.model, WHOLE_BOOK, CANDIDATES
        )
        return [candidate.passage_index for candidate in found]

    def _moved_by(self, heads: QueryHeads) -> MiniLmEmbedder:
        if heads not in self._by_heads:
            self._by_heads[heads] = MiniLmEmbedder(self._folder / "models", heads=heads)
        return self._by_heads[heads]

    async def tokens(self, version: ContentVersion) -> NumpyBookTokens:
        encoder = self._embedder
        found = await self._store.read(version, encoder.encoding, encoder.token_width)
        if not isinstance(found, NumpyBookTokens):
            raise TypeError(f"{version.book_id} has no token vectors to learn from")
        return found

    async def spans(self, version: ContentVersion, order: Sequence[int]) -> list[Span]:
        passages = await self._passages.get(version, order, WHOLE_BOOK)
        return [passages[index].span for index in order]


class CachedEmbedder:
    """Keeps what the model makes of documents in a file: for development, where only the ranking
    changes."""

    def __init__(self, embedder: MiniLmEmbedder, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._store = sqlite3.connect(folder / f"{embedder.encoding}.db", isolation_level=None)
        self._store.execute(
            "CREATE TABLE IF NOT EXISTS texts (digest BLOB PRIMARY KEY, vector, spans, levels)"
        )
        self.model = embedder.model
        self.dimension = embedder.dimension
        self.encoding = embedder.encoding
        self.token_width = embedder.token_width

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        if kind == "query":
            return await self._embedder.embed(texts, kind)
        return [encoded.vector for encoded in await self.encode(texts)]

    async def encode_query(self, query: str) -> EncodedQuery:
        return await self._embedder.encode_query(query)

    async def encode(self, texts: Sequence[str]) -> list[Encoded]:
        missing = [text for text in dict.fromkeys(texts) if self._kept(text) is None]
        for text, made in zip(missing, await self._embedder.encode(missing), strict=True):
            spans = array(
                "I", (end for span in made.tokens.spans for end in (span.start, span.end))
            )
            columns = (made.vector.tobytes(), spans.tobytes(), made.tokens.levels.tobytes())
            self._store.execute("INSERT INTO texts VALUES (?, ?, ?, ?)", (_digest(text), *columns))
        return [kept for text in texts if (kept := self._kept(text))]

    def _kept(self, text: str) -> Encoded | None:
        query = "SELECT vector, spans, levels FROM texts WHERE digest = ?"
        for vector, ends, levels in self._store.execute(query, (_digest(text),)):
            pairs = array("I", ends)
            spans = tuple(map(Span, pairs[::2], pairs[1::2]))
            return Encoded(array("f", vector), TextTokens(spans, array("b", levels)))
        return None


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


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
