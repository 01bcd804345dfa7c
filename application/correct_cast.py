"""Corrections of a book's cast by people: make one, look at them, take one back.

They are a log of the book, replayed on the cast of each of its versions: so they outlive a
re-ingest.
"""

import asyncio
import json
from dataclasses import dataclass, field, replace

from application.apply_corrections import Applied, ApplyCorrections
from application.corrected_casts import CorrectedCasts
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.clock import Clock, NewId
from application.ports.correction_repository import CorrectionRepository
from application.ports.idempotency_store import IdempotencyStore
from domain.anchored import anchored
from domain.book import Book, ContentVersion
from domain.corrected import Problem
from domain.correction_json import change_to_json
from domain.corrections import Change, Correction
from domain.errors import BookNotFound, BookNotReady, CorrectionNotFound, FalsafaError, TextNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CorrectionId, OwnerId
from domain.told_corrections import known_from

_NO_SUCH = "There is no such correction of this book."
NOT_MADE = "What it is about is not in the text as it is now."

Listed = tuple[Correction, str]  # with why it could not be made; "": it was


@dataclass(frozen=True, slots=True)
class Made:
    correction: Correction
    applied: Applied = field(default_factory=Applied)

    @property
    def problem(self) -> str:
        """Why it could not be made; "": it was."""
        return _reason(self.applied, self.correction)


class CorrectCast:
    def __init__(
        self,
        *,
        books: BookRepository,
        casts: CastRepository,
        corrections: CorrectionRepository,
        corrected_casts: CorrectedCasts,
        apply_corrections: ApplyCorrections,
        idempotency: IdempotencyStore,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._books = books
        self._casts = casts
        self._corrections = corrections
        self._corrected_casts = corrected_casts
        self._apply_corrections = apply_corrections
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def correct(
        self,
        book_id: BookId,
        change: Change,
        author: OwnerId,
        *,
        up_to: Frontier = WHOLE_BOOK,
        idempotency_key: str | None = None,
    ) -> Made:
        """Its anchors need hold ids and offsets alone. Whoever and whatever the author has not read
        of, `up_to` there, does not exist for them. When this returns, the serving version's
        cast, personas and index are in step with it.

        Raises BookNotFound, BookNotReady, CharacterNotFound, QuoteNotFound, InvalidInput,
        IdempotencyConflict: then nothing is kept; CorrectionNotFound where the same request has
        made one that tells of pages past `up_to`. Raises StoreUnavailable: if the correction was
        kept by then, it is made by the next one, or by the same request with the same key.
        """
        version = await self._serving(book_id)
        id_ = await self._id(book_id, change, author, idempotency_key)
        for kept in await self._corrections.of_book(book_id):
            if kept.id == id_:
                if not await self._is_there(book_id, id_, up_to):
                    raise CorrectionNotFound(_NO_SUCH)
                return Made(kept, await self._applied_up_to(book_id, up_to))
        try:
            correction = Correction(
                id_, author, self._clock(), await self._anchored(version, change, id_, up_to)
            )
        except FalsafaError:
            if idempotency_key is not None:
                await self._idempotency.forget(author, idempotency_key)
            raise
        await self._corrections.add(book_id, correction)
        return Made(correction, await self._applied_up_to(book_id, up_to))

    async def undo(
        self, book_id: BookId, correction_id: CorrectionId, up_to: Frontier = WHOLE_BOOK
    ) -> Applied:
        """Take it back, and see all as if it had never been made. Those after it stay; one that
        was about what it made is told. One that tells of pages past `up_to` is not there.

        Raises BookNotFound, BookNotReady, CorrectionNotFound, StoreUnavailable.
        """
        await self._serving(book_id)
        is_there = await self._is_there(book_id, correction_id, up_to)
        if not is_there or not await self._corrections.remove(book_id, correction_id):
            raise CorrectionNotFound(_NO_SUCH)
        return await self._applied_up_to(book_id, up_to)

    async def listed(self, book_id: BookId, up_to: Frontier) -> list[Listed]:
        """In the order in which they are made, without those that tell of later pages.

        Raises BookNotFound, BookNotReady.
        """
        version = await self._serving(book_id)
        replayed = await self._corrected_casts.replayed(version)
        if replayed is None:
            return []
        cast = replayed.outcome.cast
        problems = {p.correction_id: p.reason for p in _told(replayed.outcome.problems, up_to)}
        return [
            (correction, problems.get(correction.id, ""))
            for correction in replayed.log
            if up_to.is_whole_book or up_to.knows(known_from(correction.change, cast))
        ]

    async def _is_there(self, book_id: BookId, id_: CorrectionId, up_to: Frontier) -> bool:
        return up_to.is_whole_book or any(
            correction.id == id_ for correction, _ in await self.listed(book_id, up_to)
        )

    async def _serving(self, book_id: BookId) -> ContentVersion:
        book = await self._books.get(book_id)
        if book.version is None:
            raise BookNotReady("The book is not ready yet; its cast cannot be corrected.")
        return book.version

    async def _id(
        self, book_id: BookId, change: Change, author: OwnerId, key: str | None
    ) -> CorrectionId:
        new_id = CorrectionId(self._new_id())
        if key is None:
            return new_id
        asked = json.dumps([book_id, change_to_json(change)], sort_keys=True)
        return CorrectionId(await self._idempotency.remember(author, key, asked, new_id))

    async def _anchored(
        self, version: ContentVersion, change: Change, id_: CorrectionId, up_to: Frontier
    ) -> Change:
        cast, text = await self._casts.whole(version), await self._corrected_casts.text(version)
        return await asyncio.to_thread(anchored, change, cast, text, id_, up_to)

    async def _applied_up_to(self, book_id: BookId, up_to: Frontier) -> Applied:
        """What followed from it, as far as the author has read."""
        applied = await self._apply(book_id)
        if up_to.is_whole_book:
            return applied
        cast = await self._casts.get(await self._serving(book_id), up_to)
        known = {character.id for character in cast.characters}
        return Applied(
            characters=tuple(id_ for id_ in applied.characters if id_ in known),
            personas=tuple(id_ for id_ in applied.personas if id_ in known),
            passages=tuple(filter(up_to.sees, applied.passages)),
            problems=_told(applied.problems, up_to),
        )

    async def _apply(self, book_id: BookId) -> Applied:
        """To the version that serves, also if that became another one meanwhile."""
        applied, version = Applied(), None
        try:
            while (book := await self._books.get(book_id)).version != version:
                version = book.version
                if version is not None:
                    applied = await self._applied(version, book)
        except BookNotFound:  # deleted meanwhile, with the corrections that there were
            await self._corrections.delete_of_book(book_id)
            raise
        return applied

    async def _applied(self, version: ContentVersion, book: Book) -> Applied:
        try:
            return await self._apply_corrections.apply(version, book.title, book.author)
        except TextNotFound:
            if (await self._books.get(book.id)).version == version:
                raise
            return Applied()  # another version has taken its place: that one's turn is next


def _told(problems: tuple[Problem, ...], up_to: Frontier) -> tuple[Problem, ...]:
    """Without names, which may be of later pages, for somebody on the way."""
    if up_to.is_whole_book:
        return problems
    return tuple(replace(problem, reason=NOT_MADE) for problem in problems)


def _reason(applied: Applied, correction: Correction) -> str:
    reasons = (p.reason for p in applied.problems if p.correction_id == correction.id)
    return next(reasons, "")
