"""Hold replies against what their readers have not read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from application.books_in_memory import BooksInMemory
from application.ports.cast_repository import CastRepository
from application.ports.text_store import TextStore
from application.reply import ReplyCheck
from application.text_up_to import text_up_to
from domain.book import Book, ContentVersion
from domain.errors import TextNotFound, Unavailable
from domain.frontier import WHOLE_BOOK, Frontier
from domain.late_words import FirstMentions, LateWords
from domain.leak import LeakPolicy
from domain.leak_check import LeakCheck, Unchecked

MAX_BYTES = 64 * 2**20  # some forty novels

NOT_CHECKED = "The reply could not be checked for what lies past the page that was read."


class CheckLeaks:
    """What a book mentions first and where is found out at its first checked reply, and kept while
    there is room."""

    def __init__(
        self,
        *,
        casts: CastRepository,
        texts: TextStore,
        policy: LeakPolicy = LeakPolicy.FLAG,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._casts = casts
        self._texts = texts
        self._policy = policy
        self._kept = BooksInMemory[FirstMentions](max_bytes, lambda mentions: mentions.nbytes)

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
        """Of the version as it is now: a cast that was put right has other names."""

        async def make() -> FirstMentions:
            # All of it: what a reader may not see is what is looked for.
            cast = await self._casts.whole(version)
            text = await text_up_to(self._texts, version, WHOLE_BOOK)
            return await asyncio.to_thread(FirstMentions, text, cast)

        state = (book.content_hash, await self._casts.revision(version))
        return await self._kept.get(version, state, make)


async def unchecked(_: object) -> ReplyCheck:
    return Unchecked()
