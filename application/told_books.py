"""What a reader on the way is told of a book itself.

Warnings name people, and a publisher's description may: those whom the reader has not met are not
told of. A book's thickness (how long it is, how many chapters and passages) is seen by everybody.
"""

import asyncio
from dataclasses import replace

from application.books_in_memory import BooksInMemory
from application.ports.cast_repository import CastRepository
from application.ports.reading_progress import ReadingProgressRepository
from application.resolve_frontier import ResolveFrontier
from domain.book import Book, ContentVersion
from domain.frontier import Frontier
from domain.ids import BookId, OwnerId
from domain.job import Job
from domain.unrevealed import Unrevealed

MAX_BYTES = 8 * 2**20  # some hundred novels
NAME_BYTES = 150  # in all that is kept of it


class ToldBooks:
    def __init__(
        self,
        *,
        casts: CastRepository,
        reading_progress: ReadingProgressRepository,
        resolve_frontier: ResolveFrontier,
    ) -> None:
        self._casts = casts
        self._reading_progress = reading_progress
        self._resolve_frontier = resolve_frontier
        self._kept = BooksInMemory[Unrevealed](MAX_BYTES, lambda u: NAME_BYTES * len(u.names))

    async def told(self, book: Book, reader: OwnerId, locator: str | None = None) -> Book:
        """Raises InvalidLocator, TextNotFound."""
        if book.version is None:
            return book
        return await self.up_to(
            book, await self._resolve_frontier.of_reader(book.version, reader, locator)
        )

    async def up_to(self, book: Book, frontier: Frontier) -> Book:
        if book.version is None or frontier.is_whole_book:
            return book
        if not (book.warnings or book.description):
            return book
        unrevealed = await self._unrevealed(book.version, frontier)
        return replace(
            book,
            warnings=unrevealed.without(book.warnings),
            description="".join(unrevealed.without([book.description])),
        )

    async def _unrevealed(self, version: ContentVersion, frontier: Frontier) -> Unrevealed:
        """Kept, for a listing asks of every book, and a whole cast takes some 0.1 s to read."""

        async def make() -> Unrevealed:
            cast = await self._casts.whole(version)
            return await asyncio.to_thread(Unrevealed.of, cast, frontier)

        state = (await self._casts.revision(version), frontier)
        return await self._kept.get(version, state, make)

    async def told_job(self, job: Job, reader: OwnerId) -> Job:
        """Its detail counts people and quotations, so it is for readers of the whole book."""
        return replace(job, detail="") if await self.is_on_the_way(job.book_id, reader) else job

    async def is_on_the_way(self, book_id: BookId, reader: OwnerId) -> bool:
        progress = await self._reading_progress.get(reader, book_id)
        return progress is not None and not progress.frontier.is_whole_book
