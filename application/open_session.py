"""Begin a conversation between a reader and a character, or the book itself."""

from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.clock import Clock, NewId
from application.ports.session_repository import SessionRepository
from application.resolve_frontier import ResolveFrontier
from domain.book import ContentVersion
from domain.cast import Character
from domain.conversation import Session
from domain.errors import BookNotReady, CharacterNotFound, IdempotencyConflict, SessionNotFound
from domain.frontier import Frontier
from domain.ids import BookId, CharacterId, OwnerId, SessionId
from domain.merged import as_known


class OpenSession:
    def __init__(
        self,
        *,
        books: BookRepository,
        casts: CastRepository,
        sessions: SessionRepository,
        resolve_frontier: ResolveFrontier,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._books = books
        self._casts = casts
        self._sessions = sessions
        self._resolve_frontier = resolve_frontier
        self._clock = clock
        self._new_id = new_id

    async def open(
        self,
        *,
        user_id: OwnerId,
        book_id: BookId,
        character_id: CharacterId | None = None,
        read_up_to: str | None = None,
        title: str = "",
        session_id: SessionId | None = None,
    ) -> Session:
        """The reader has come as far as `read_up_to` says, else as their reading progress in the
        book says; where neither does, the whole book may be told of. A session id that has been
        opened before for the same reader, book and character gives that session.

        Raises BookNotFound, BookNotReady, InvalidLocator, IdempotencyConflict, and
        CharacterNotFound also for one whom the reader has not met yet.
        """
        book = await self._books.get(book_id)
        if book.version is None:
            raise BookNotReady("The book is still being read; try again when it is ready.")
        if session_id and (opened := await self._opened(session_id)):
            if (opened.user_id, opened.book_id, opened.character_id) != (
                user_id,
                book_id,
                character_id,
            ):
                raise IdempotencyConflict("This session id is taken; make a new one.")
            return opened
        frontier = await self._resolve_frontier.of_reader(book.version, user_id, read_up_to)
        character = await self._character(book.version, character_id, frontier)
        now = self._clock()
        session = Session(
            id=session_id or SessionId(self._new_id()),
            user_id=user_id,
            book_id=book_id,
            created_at=now,
            updated_at=now,
            character_id=character_id,
            title=title or (character.name if character else book.title),
            frontier=frontier,
        )
        await self._sessions.add(session)
        return session

    async def _opened(self, session_id: SessionId) -> Session | None:
        try:
            return await self._sessions.get(session_id)
        except SessionNotFound:
            return None

    async def _character(
        self, version: ContentVersion, character_id: CharacterId | None, frontier: Frontier
    ) -> Character | None:
        if character_id is None:
            return None
        character = as_known(await self._casts.get(version, frontier), character_id)
        if character is None:
            raise CharacterNotFound("There is no such character up to this page of the book.")
        return character
