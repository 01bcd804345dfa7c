"""Embeddings kept from one run to the next, for development, where only the ranking changes."""

from __future__ import annotations

import hashlib
import sqlite3
from array import array
from collections.abc import Sequence
from pathlib import Path

from adapters.outbound.embedding.minilm import MiniLmEmbedder
from application.ports.embedder import EmbeddingKind, Vector
from application.ports.token_vectors import Encoded, EncodedQuery, TextTokens
from domain.span import Span


class CachedEmbedder:
    """Keeps what the model makes of documents in a file."""

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


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
