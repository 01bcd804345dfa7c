"""Hold replies against what their readers have not read."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from application.ports.cast_repository import CastRepository
from application.ports.text_store import TextStore
from application.reply import ReplyCheck
from domain.book import Book, ContentVersion
from domain.errors import TextNotFound, Unavailable
from domain.frontier import WHOLE_BOOK, Frontier
from domain.late_words import FirstMentions, LateWords
from domain.leak import LeakPolicy
from domain.leak_check import LeakCheck, Unchecked
from domain.span import Span

MAX_MENTIONS = 4_000_000  # of all kept books together: some forty novels, 60 MB

NOT_CHECKED = "The reply could not be checked for what lies past the page that was read."


@dataclass(frozen=True, slots=True)
class _Kept:
    of: tuple[str, str]
    mentions: FirstMentions


class CheckLeaks:
    """What a book mentions first and where is found out at its first checked reply, and kept while
    there is room."""

    def __init__(
        self,
        *,
        casts: CastRepository,
        texts: TextStore,
        policy: LeakPolicy = LeakPolicy.FLAG,
        max_mentions: int = MAX_MENTIONS,
    ) -> None:
        self._casts = casts
        self._texts = texts
        self._policy = policy
        self._max_mentions = max_mentions
        self._kept: OrderedDict[ContentVersion, _Kept] = OrderedDict()
        self._making = asyncio.Lock()

    async def of_reply(
        self, book: Book, version: ContentVersion, frontier: Frontier, told: Iterable[str]
    ) -> ReplyCheck:
        """The check of one reply; `told`: what its reader has said.

        Where the book cannot be read, a reply that would be flagged goes unchecked and says so.
        Raises StoreUnavailable, TextNotFound if leaks are to be held back: then nothing is told.
        """
        if self._policy is LeakPolicy.OFF or frontier.is_whole_book:
            return Unchecked()
        holds = self._policy is LeakPolicy.HOLD
        try:
            mentions = await self._mentions(book, version)
        except (Unavailable, TextNotFound):
            if holds:
                raise
            return Unchecked(NOT_CHECKED)
        known = (book.title, book.author, *told)
        return LeakCheck(LateWords(mentions, frontier, known), holds=holds)

    async def _mentions(self, book: Book, version: ContentVersion) -> FirstMentions:
        """A cast that was put right has other names; a book that was removed and added again may
        have the number of an older version."""
        of = (book.content_hash, await self._casts.revision(version))
        kept = self._find(version, of)
        if kept is None:
            async with self._making:
                kept = self._find(version, of) or await self._make(version, of)
        return kept.mentions

    def _find(self, version: ContentVersion, of: tuple[str, str]) -> _Kept | None:
        kept = self._kept.get(version)
        if kept is None or kept.of != of:
            return None
        self._kept.move_to_end(version)
        return kept

    async def _make(self, version: ContentVersion, of: tuple[str, str]) -> _Kept:
        # All of it: what a reader may not see is what is looked for.
        cast = await self._casts.whole(version)
        whole = Span(0, await self._texts.length(version))
        text = await self._texts.slice(version, whole, WHOLE_BOOK)
        kept = _Kept(of, await asyncio.to_thread(FirstMentions, text, cast))
        self._kept[version] = kept
        self._kept.move_to_end(version)
        while len(self._kept) > 1 and self._size() > self._max_mentions:
            self._kept.popitem(last=False)
        return kept

    def _size(self) -> int:
        return sum(len(kept.mentions) for kept in self._kept.values())


async def unchecked(_: object) -> ReplyCheck:
    return Unchecked()
