"""The term streams of the books that were searched lately."""

from __future__ import annotations

import asyncio

from application.books_in_memory import BooksInMemory
from application.ports.passage_repository import PassageRepository
from domain.book import BookLayout, ContentVersion
from domain.book_terms import BookTerms
from domain.frontier import WHOLE_BOOK

MAX_BYTES = 128 * 2**20  # some eighty novels


class TermsOfBooks:
    """Made at a book's first search, and kept while there is room."""

    def __init__(self, passages: PassageRepository, *, max_bytes: int = MAX_BYTES) -> None:
        self._passages = passages
        self._kept = BooksInMemory[BookTerms](max_bytes, lambda terms: terms.nbytes)

    @property
    def nbytes(self) -> int:
        return self._kept.nbytes

    async def of(
        self, version: ContentVersion, layout: BookLayout, cast_revision: str
    ) -> BookTerms:
        """`layout` and revision: the version's, as they are now. A cast that was put right has
        changed who stands in the passages' contexts."""

        async def make() -> BookTerms:
            # All of it, whatever the reader may see: the stream is cut at the frontier when used.
            passages = await self._passages.all(version, WHOLE_BOOK)
            return await asyncio.to_thread(BookTerms, passages)

        return await self._kept.get(version, (layout, cast_revision), make)
