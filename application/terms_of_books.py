"""The term streams of the books that were searched lately."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from application.ports.passage_repository import PassageRepository
from domain.book import BookLayout, ContentVersion
from domain.book_terms import BookTerms
from domain.frontier import WHOLE_BOOK

MAX_PASSAGES = 30_000  # of all kept books together: some forty novels, 100 MB


@dataclass(frozen=True, slots=True)
class _Kept:
    layout: BookLayout
    cast_revision: str
    terms: BookTerms


class TermsOfBooks:
    """Made at a book's first search, and kept while there is room."""

    def __init__(self, passages: PassageRepository, *, max_passages: int = MAX_PASSAGES) -> None:
        self._passages = passages
        self._max_passages = max_passages
        self._kept: OrderedDict[ContentVersion, _Kept] = OrderedDict()
        self._making = asyncio.Lock()

    async def of(
        self, version: ContentVersion, layout: BookLayout, cast_revision: str
    ) -> BookTerms:
        """`layout` and revision: the version's, as they are now. A book that was removed and added
        again may have the number of an older version: its layout tells them apart. A cast that
        was put right has changed who stands in the passages' contexts."""
        kept = self._find(version, layout, cast_revision)
        if kept is None:
            async with self._making:
                kept = self._find(version, layout, cast_revision)
                kept = kept or await self._make(version, layout, cast_revision)
        return kept.terms

    def _find(
        self, version: ContentVersion, layout: BookLayout, cast_revision: str
    ) -> _Kept | None:
        kept = self._kept.get(version)
        if kept is None or (kept.layout, kept.cast_revision) != (layout, cast_revision):
            return None
        self._kept.move_to_end(version)
        return kept

    async def _make(self, version: ContentVersion, layout: BookLayout, cast_revision: str) -> _Kept:
        # All of it, whatever the reader may see: the stream is cut at the frontier when used.
        passages = await self._passages.all(version, WHOLE_BOOK)
        kept = _Kept(layout, cast_revision, await asyncio.to_thread(BookTerms, passages))
        self._kept[version] = kept
        self._kept.move_to_end(version)
        while len(self._kept) > 1 and self._size() > self._max_passages:
            self._kept.popitem(last=False)
        return kept

    def _size(self) -> int:
        return sum(len(kept.terms) for kept in self._kept.values())
