"""The last messages of a conversation, kept beside any session repository.

A session's row is always read from the repository. What is kept says which row it goes with: it is
good only where the row has as many messages, and the same last one. So a value that could not be
deleted, or a message that another program has added, is never taken for the newest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from adapters.outbound.caching.values import CachedValues, Lately
from application.ports.cache import Cache
from application.ports.session_repository import SessionRepository
from domain.conversation import Message, MessageState, Session
from domain.frontier import Frontier
from domain.ids import BookId, MessageId, OwnerId, SessionId
from domain.page import Page, PageRequest
from domain.session_steps import history_of, with_message

KEPT_MESSAGES = 10
_SESSIONS = 1_024  # whose turns are followed


@dataclass(frozen=True, slots=True)
class _KeptSession:
    """The value of `chat:sess:{id}`: the last messages that belong in a prompt."""

    session: Session
    messages: tuple[Message, ...]
    is_all: bool  # there are no earlier ones

    def reaches(self, limit: int) -> bool:
        return self.is_all or limit <= len(self.messages)

    def fits(self, row: Session) -> bool:
        return (self.session.id, self.session.message_count, self.session.last_message_at) == (
            row.id,
            row.message_count,
            row.last_message_at,
        )


@dataclass(slots=True)
class _Turn:
    """What this process knows of a session since it read the row."""

    row: Session
    before: _KeptSession | None = None  # what goes with the row, once somebody has asked
    said: dict[MessageId, Message] = field(default_factory=dict)  # by us, since then

    def messages(self, limit: int) -> list[Message]:
        before = self.before.messages if self.before else ()
        return history_of([*before, *self.said.values()], limit)

    def to_keep(self) -> _KeptSession | None:
        """What the next turn may start from; None if nobody has asked what was said before."""
        if self.before is None:
            return None
        session = reduce(with_message, self.said.values(), self.row)
        messages = self.messages(len(self.before.messages) + len(self.said))
        is_all = self.before.is_all and len(messages) <= KEPT_MESSAGES
        return _KeptSession(session, tuple(messages[-KEPT_MESSAGES:]), is_all)


class CachingSessionRepository:
    """SessionRepository. `chat:sess:{id}` holds the session and its last messages."""

    def __init__(self, inner: SessionRepository, cache: Cache) -> None:
        self._inner = inner
        self._kept = CachedValues(cache, _KeptSession, "chat:sess:")
        self._turns: Lately[SessionId, _Turn] = Lately(_SESSIONS)
        self._session_of: Lately[MessageId, SessionId] = Lately(_SESSIONS)

    async def add(self, session: Session) -> None:
        await self._inner.add(session)

    async def get(self, session_id: SessionId) -> Session:
        self._turns.drop(session_id)
        session = await self._inner.get(session_id)
        self._turns.put(session_id, _Turn(session))
        return session

    async def list(
        self, user_id: OwnerId, book_id: BookId | None, page: PageRequest
    ) -> Page[Session]:
        return await self._inner.list(user_id, book_id, page)

    async def delete(self, session_id: SessionId) -> None:
        self._turns.drop(session_id)
        await self._inner.delete(session_id)
        await self._kept.forget(session_id)

    async def delete_of_book(self, book_id: BookId) -> None:
        self._turns.clear()
        await self._inner.delete_of_book(book_id)

    async def set_frontier(
        self, session_id: SessionId, frontier: Frontier, *, title: str | None = None
    ) -> None:
        await self._inner.set_frontier(session_id, frontier, title=title)

    async def append(self, message: Message, fence: int) -> None:
        turn = self._turns.drop(message.session_id)  # for good, should nobody know if it is there
        await self._inner.append(message, fence)
        if turn is not None:
            turn.said.setdefault(message.id, message)
            self._turns.put(message.session_id, turn)
            self._session_of.put(message.id, message.session_id)

    async def settle(self, message_id: MessageId, state: MessageState, fence: int) -> None:
        session_id = self._session_of.get(message_id)
        turn = self._turns.drop(session_id) if session_id else None
        await self._inner.settle(message_id, state, fence)
        # One that the row was read in the middle of is left alone: it may count the question.
        if session_id and turn and message_id in turn.said:
            turn.said[message_id] = replace(turn.said[message_id], state=state)
            self._turns.put(session_id, turn)
            if kept := turn.to_keep():
                await self._kept.set(session_id, kept)

    async def messages(self, session_id: SessionId, page: PageRequest) -> Page[Message]:
        return await self._inner.messages(session_id, page)

    async def history(self, session_id: SessionId, limit: int) -> Sequence[Message]:
        turn = self._turns.get(session_id)
        if turn is None:
            return await self._inner.history(session_id, limit)
        if turn.before is None:
            kept = await self._kept.get(session_id)
            turn.before = kept if kept and kept.fits(turn.row) else None
        if turn.before is None or not turn.before.reaches(limit):
            wanted = max(limit, KEPT_MESSAGES)
            found = await self._inner.history(session_id, wanted)
            before = tuple(m for m in found if m.id not in turn.said)
            turn.before = _KeptSession(turn.row, before, is_all=len(found) < wanted)
        return turn.messages(limit)
