"""A reading position as written on the wire, made one offset of a version's text."""

from application.ports.book_repository import BookRepository
from application.ports.reading_progress import ReadingProgressRepository
from domain.book import ContentVersion
from domain.conversation import Session
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import OwnerId
from domain.locator import resolve_locator


class ResolveFrontier:
    def __init__(
        self, *, books: BookRepository, reading_progress: ReadingProgressRepository
    ) -> None:
        self._books = books
        self._reading_progress = reading_progress

    async def resolve(self, version: ContentVersion, locator: str) -> Frontier:
        """Raises InvalidLocator, of an empty one too: what says nothing opens no book.

        Raises TextNotFound.
        """
        return resolve_locator(locator, await self._books.layout(version))

    async def of_reader(
        self, version: ContentVersion, reader: OwnerId, locator: str | None = None
    ) -> Frontier:
        """As the locator says, else the reader's progress in the book, else the whole book.

        Raises InvalidLocator, TextNotFound.
        """
        if locator is not None:
            return await self.resolve(version, locator)
        progress = await self._reading_progress.get(reader, version.book_id)
        return progress.frontier if progress else WHOLE_BOOK

    async def of_session(
        self, version: ContentVersion, session: Session, locator: str | None = None
    ) -> Frontier:
        """As the locator says, else the session's own; where nobody has set that, the reader's.

        Raises InvalidLocator, TextNotFound.
        """
        if session.frontier.is_whole_book:
            return await self.of_reader(version, session.user_id, locator)
        return session.frontier if locator is None else await self.resolve(version, locator)
