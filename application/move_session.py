"""Move a session's frontier: forward, unless it is told otherwise.

Where it goes back, the session shows nothing of the later pages any more: neither the messages that
were told there, nor a preview of them, nor a name as its title that is not known yet.
"""

from contextlib import suppress

from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.session_repository import SessionRepository
from application.resolve_frontier import ResolveFrontier
from domain.book import ContentVersion
from domain.conversation import Session
from domain.errors import BookNotReady, CharacterNotFound, FrontierMovesBack, SessionNotFound
from domain.frontier import Frontier
from domain.ids import BookId, OwnerId
from domain.merged import as_known
from domain.page import PageRequest

_AT_ONCE = 100  # sessions read at a time


class MoveSession:
    def __init__(
        self,
        *,
        books: BookRepository,
        casts: CastRepository,
        sessions: SessionRepository,
        resolve_frontier: ResolveFrontier,
    ) -> None:
        self._books = books
        self._casts = casts
        self._sessions = sessions
        self._resolve_frontier = resolve_frontier

    async def move(self, session: Session, locator: str, *, back: bool = False) -> Session:
        """To the reading position, which may lie before the session's only if `back` says so.

        Raises FrontierMovesBack, InvalidLocator, BookNotReady; CharacterNotFound where the reader
        has not met the session's character by there.
        """
        version = await self._version(session.book_id)
        frontier = await self._resolve_frontier.resolve(version, locator)
        if frontier < session.frontier and not (back or session.frontier.is_whole_book):
            raise FrontierMovesBack(
                f"The conversation has come to offset {session.frontier.offset}, and this lies"
                f" before it, at {frontier.offset}. Send it with back: true to go back; what was"
                " told since is not shown any more."
            )
        return await self.put(session, frontier)

    async def put(self, session: Session, frontier: Frontier) -> Session:
        """Either way. Raises CharacterNotFound, BookNotReady, SessionNotFound."""
        title = None
        if frontier < session.frontier and session.character_id is not None:
            version = await self._version(session.book_id)
            then = as_known(await self._casts.get(version, session.frontier), session.character_id)
            now = as_known(await self._casts.get(version, frontier), session.character_id)
            if now is None:
                raise CharacterNotFound("There is no such character up to this page of the book.")
            if then and then.is_called(session.title) and not now.is_called(session.title):
                title = now.name
        await self._sessions.set_frontier(session.id, frontier, title=title)
        return await self._sessions.get(session.id)

    async def take_along(self, reader: OwnerId, book_id: BookId, frontier: Frontier) -> None:
        """All the reader's sessions with the book that are not as far; one in which nobody has
        said how far the reader is starts from there too."""
        cursor = None
        while True:
            page = await self._sessions.list(reader, book_id, PageRequest(_AT_ONCE, cursor))
            for session in page.items:
                if session.frontier.is_whole_book or session.frontier < frontier:
                    with suppress(CharacterNotFound, SessionNotFound):
                        await self.put(session, frontier)
            cursor = page.next_cursor
            if cursor is None:
                return

    async def _version(self, book_id: BookId) -> ContentVersion:
        book = await self._books.get(book_id)
        if book.version is None:
            raise BookNotReady("The book is still being read; try again when it is ready.")
        return book.version
