"""The token vectors of books: made with their embeddings, compared with those of a query."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Sequence

from application.books_in_memory import BooksInMemory
from application.ports.token_vectors import (
    AdaptedTokens,
    BookTokens,
    Encoded,
    EncodedQuery,
    Levels,
    TokenEncoder,
    TokenVectorStore,
)
from domain.book import BookLayout, ContentVersion
from domain.span import Span
from domain.terms import words_for_search
from domain.token_matches import AdaptedMatches, Cosines, TokenMatches

MAX_BYTES = 128 * 2**20  # some fifteen novels; another is read in some ten milliseconds
# The cost grows with each, and no question has so many that tell something.
MAX_QUERY_TOKENS = 32
MAX_ADAPTED_TOKENS = 64  # those of stop words and marks are among them


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

    async def encode(self, texts: Sequence[str]) -> list[Encoded]:
        return await self._encoder.encode(texts)

    async def encode_query(self, query: str) -> EncodedQuery:
        return await self._encoder.encode_query(query)

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
        self, book: BookTokens, query: str, encoded: EncodedQuery, passages: Sequence[int]
    ) -> TokenMatches | None:
        """None if no token is of a word that a search is about. Give visible passages alone: each
        is compared for itself."""
        words = _words_of(query, encoded.tokens.spans)
        telling = [place for place, word in enumerate(words) if word][:MAX_QUERY_TOKENS]
        if not telling:
            return None
        levels = self._rows(encoded.tokens.levels, telling)
        known = [passage for passage in passages if passage < len(book)]
        return TokenMatches(
            tuple(words[place] for place in telling),
            await asyncio.to_thread(book.nearest, levels, known),
            self._adapted(book, query, encoded.adapted),
        )

    def _adapted(self, book: BookTokens, query: str, tokens: AdaptedTokens) -> AdaptedMatches:
        words = _words_of(query, tokens.spans)[:MAX_ADAPTED_TOKENS]
        size, of_head = len(words), len(tokens.spans)
        heads = range(len(tokens.factors))
        places = [head * of_head + place for head in heads for place in range(size)]
        levels = self._rows(tokens.levels, places)

        def nearest(passages: Sequence[int]) -> Cosines:
            return book.nearest(levels, [passage for passage in passages if passage < len(book)])

        return AdaptedMatches(
            tuple(words),
            [factors[:size] for factors in tokens.factors],
            [shares[:size] for shares in tokens.shares],
            nearest,
        )

    def _rows(self, levels: Levels, places: Sequence[int]) -> Levels:
        width = self._encoder.token_width
        rows: Levels = array("b")
        for place in places:
            rows.extend(levels[place * width : (place + 1) * width])
        return rows


def _words_of(query: str, tokens: Sequence[Span]) -> list[str]:
    """For each token the word that it is a piece of; none for what no search is about."""
    found: list[str] = []
    spans = iter(words_for_search(query))
    word = next(spans, None)
    for token in tokens:
        while word is not None and word.end <= token.start:
            word = next(spans, None)
        inside = word is not None and len(token) and word.contains(token)
        found.append(word.of(query) if word is not None and inside else "")
    return found
