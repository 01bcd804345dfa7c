from collections.abc import Sequence
from dataclasses import replace

from domain.conversation import Message, MessageState, Role, Session
from domain.cursor import read_cursor, write_cursor
from domain.errors import SessionNotFound, StaleWrite
from domain.frontier import Frontier
from domain.ids import BookId, MessageId, OwnerId, SessionId
from domain.page import Page, PageRequest
from domain.session_steps import history_of, in_order, with_frontier, with_message


class MemorySessionRepository:
    def __init__(self) -> None:
        self.sessions: dict[SessionId, Session] = {}
        self.kept_messages: dict[MessageId, Message] = {}
        self._fences: dict[SessionId, int] = {}

    async def add(self, session: Session) -> None:
        self.sessions[session.id] = session

    async def get(self, session_id: SessionId) -> Session:
        if session_id not in self.sessions:
            raise SessionNotFound(f"There is no session {session_id}.")
        return self.sessions[session_id]

    async def list(
        self, user_id: OwnerId, book_id: BookId | None, page: PageRequest
    ) -> Page[Session]:
        sessions = sorted(self.sessions.values(), key=_last_use, reverse=True)
        sessions = [s for s in sessions if s.user_id == user_id and book_id in (None, s.book_id)]
        if page.cursor is not None:
            before = read_cursor(page.cursor, 2)
            sessions = [s for s in sessions if _last_use(s) < before]
        more = len(sessions) > page.limit
        cursor = write_cursor(*_last_use(sessions[page.limit - 1])) if more else None
        return Page(tuple(sessions[: page.limit]), cursor)

    async def delete(self, session_id: SessionId) -> None:
        self.sessions.pop(session_id, None)
        self._fences.pop(session_id, None)
        self.kept_messages = {
            m.id: m for m in self.kept_messages.values() if m.session_id != session_id
        }

    async def delete_of_book(self, book_id: BookId) -> None:
        for session in [s for s in self.sessions.values() if s.book_id == book_id]:
            await self.delete(session.id)

    async def set_frontier(
        self, session_id: SessionId, frontier: Frontier, *, title: str | None = None
    ) -> None:
        session = await self.get(session_id)
        self.sessions[session_id] = with_frontier(session, frontier, title)

    async def append(self, message: Message, fence: int) -> None:
        session = await self.get(message.session_id)
        self._check(session.id, fence)
        if message.id not in self.kept_messages:
            self.kept_messages[message.id] = message
            self.sessions[session.id] = with_message(session, message)

    async def settle(self, message_id: MessageId, state: MessageState, fence: int) -> None:
        if message := self.kept_messages.get(message_id):
            self._check(message.session_id, fence)
            self.kept_messages[message_id] = replace(message, state=state)

    async def messages(self, session_id: SessionId, page: PageRequest) -> Page[Message]:
        messages = in_order(self._of(session_id))
        if page.cursor is not None:
            after = read_cursor(page.cursor, 3)
            messages = [m for m in messages if _place(m) > after]
        more = len(messages) > page.limit
        cursor = write_cursor(*_place(messages[page.limit - 1])) if more else None
        return Page(tuple(messages[: page.limit]), cursor)

    async def history(self, session_id: SessionId, limit: int) -> Sequence[Message]:
        return history_of(self._of(session_id), limit)

    def _of(self, session_id: SessionId) -> Sequence[Message]:
        return [m for m in self.kept_messages.values() if m.session_id == session_id]

    def _check(self, session_id: SessionId, fence: int) -> None:
        if fence < self._fences.get(session_id, 0):
            raise StaleWrite("A newer turn of this session has taken over.")
        self._fences[session_id] = fence


def _last_use(session: Session) -> tuple[str, ...]:
    return session.updated_at.isoformat(timespec="microseconds"), session.id


def _place(message: Message) -> tuple[str, ...]:
    rank = "0" if message.role is Role.USER else "1"
    return message.created_at.isoformat(timespec="microseconds"), rank, message.id
