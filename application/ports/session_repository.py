from collections.abc import Sequence
from typing import Protocol

from domain.conversation import Message, MessageState, Session
from domain.frontier import Frontier
from domain.ids import BookId, MessageId, OwnerId, SessionId
from domain.page import Page, PageRequest


class SessionRepository(Protocol):
    """Chat sessions and their messages.

    Writes of messages carry the fencing number of the session's lock: a number lower than one
    that has written already raises StaleWrite and changes nothing.
    """

    async def add(self, session: Session) -> None: ...

    async def get(self, session_id: SessionId) -> Session:
        """Raises SessionNotFound, also for a deleted one."""
        ...

    async def list(
        self, user_id: OwnerId, book_id: BookId | None, page: PageRequest
    ) -> Page[Session]:
        """Those of one user, latest used first."""
        ...

    async def delete(self, session_id: SessionId) -> None:
        """Does nothing if it is gone."""
        ...

    async def delete_of_book(self, book_id: BookId) -> None: ...

    async def set_frontier(
        self, session_id: SessionId, frontier: Frontier, *, title: str | None = None
    ) -> None:
        """And the title, where one is given. One that goes back takes the preview of the last
        message away, which may tell of later pages. Raises SessionNotFound."""
        ...

    async def append(self, message: Message, fence: int) -> None:
        """Add a message, and keep the session's count, time and preview in step, in one step.

        The same message id again changes nothing. Raises SessionNotFound, StaleWrite.
        """
        ...

    async def settle(self, message_id: MessageId, state: MessageState, fence: int) -> None:
        """Set a message's state; does nothing if it is gone. Raises StaleWrite."""
        ...

    async def messages(self, session_id: SessionId, page: PageRequest) -> Page[Message]:
        """All messages, oldest first, by (created_at, user before assistant)."""
        ...

    async def history(self, session_id: SessionId, limit: int) -> Sequence[Message]:
        """The last `limit` messages that belong in a prompt, oldest first: of turns that gave a
        text, and whose question is no longer pending nor failed."""
        ...
