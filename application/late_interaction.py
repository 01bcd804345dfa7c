"""The token vectors of books: made with their embeddings, compared with those of a query."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Sequence

from application.books_in_memory import BooksInMemory
from application.ports.embedder import EmbeddingKind
from application.ports.token_vectors import (
    BookTokens,
    Encoded,
    Levels,
    TextTokens,
    TokenEncoder,
    TokenVectorStore,
)
from domain.book import BookLayout, ContentVersion
from domain.span import Span
from domain.terms import words_for_search
from domain.token_matches import TokenMatches

MAX_BYTES = 128 * 2**20  # some fifteen novels; another is read in some ten milliseconds
MAX_QUERY_TOKENS = 32  # the cost grows with each, and no question has so many that tell something


class _NoTokens(Exception):
    """The book has none."""


class LateInteraction:
    """There is one where the embedder gives token vectors; an API gives none."""

    def __init__(
        self, *, encoder: TokenEncoder, store: TokenVectorStore, max_bytes: int = MAX_BYTES
    ) -> None:
        self._encoder = encoder
        self._store = store
        self._kept = BooksInMemory[BookTokens](max_bytes, lambda tokens: tokens.nbytes)

    @property
    def nbytes(self) -> int:
        """Of the token vectors in memory."""
        return self._kept.nbytes

    async def encode(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Encoded]:
        return await self._encoder.encode(texts, kind)

    async def put(self, version: ContentVersion, passages: AsyncIterator[Sequence[Levels]]) -> None:
        encoder = self._encoder
        await self._store.put(version, encoder.encoding, encoder.token_width, passages)

    async def has(self, version: ContentVersion) -> bool:
        return await self._store.has(version, self._encoder.encoding)

    async def book(self, version: ContentVersion, layout: BookLayout) -> BookTokens | None:
        """Of a version that serves; `layout`: its own. None of one that was indexed before there
        were token vectors, or with others. Raises StoreUnavailable."""
        encoder = self._encoder

        async def read() -> BookTokens:
            found = await self._store.read(version, encoder.encoding, encoder.token_width)
            if found is None:
                raise _NoTokens  # not kept in memory: the book may be added again, with some
            return found

        try:
            return await self._kept.get(version, layout, read)
        except _NoTokens:
            return None

    async def matches(
        self, book: BookTokens, query: str, tokens: TextTokens, passages: Sequence[int]
    ) -> TokenMatches | None:
        """`tokens`: the query's; None if none of them is of a word that a search is about. Give
        visible passages alone: each is compared for itself."""
        words, levels = self._of_words(query, tokens)
        if not words:
            return None
        known = [passage for passage in passages if passage < len(book)]
        return TokenMatches(words, await asyncio.to_thread(book.nearest, levels, known))

    def _of_words(self, query: str, tokens: TextTokens) -> tuple[tuple[str, ...], Levels]:
        """The tokens that are pieces of words which a search is about."""
        width = self._encoder.token_width
        words: list[str] = []
        levels: Levels = array("b")
        spans = iter(words_for_search(query))
        word: Span | None = next(spans, None)
        for place, token in enumerate(tokens.spans):
            while word is not None and word.end <= token.start:
                word = next(spans, None)
            if word is not None and word.contains(token) and len(words) < MAX_QUERY_TOKENS:
                words.append(word.of(query))
                levels.extend(tokens.levels[place * width : (place + 1) * width])
        return tuple(words), levels
