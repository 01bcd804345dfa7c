"""Chat sessions and their messages, in the tables that frontends share, and in ours beside them.

The statements are functions in supabase/migrations, one transaction each.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.session_rows import (
    message_of,
    message_row,
    session_of,
    session_row,
)
from adapters.outbound.supabase.values import is_id, storable
from domain.conversation import Message, MessageState, Session
from domain.cursor import read_cursor, write_cursor
from domain.errors import SessionNotFound
from domain.frontier import Frontier
from domain.ids import BookId, MessageId, OwnerId, SessionId
from domain.page import Page, PageRequest
from domain.session_steps import preview

SessionKey: TypeAlias = Literal["id", "session_id"]


class SupabaseSessionRepository:
    """Frontends make sessions and mark deleted ones too. A session of theirs that names no book is
    of its character's; they sort messages by time, so a session has no two of one time."""

    def __init__(self, client: SupabaseClient, *, session_key: SessionKey = "id") -> None:
        """`session_key`: the key column of `chat_sessions` in this deployment."""
        self._client = client
        self._key = session_key

    async def add(self, session: Session) -> None:
        await self._call("falsafa_add_session", the_session=session_row(session))

    async def get(self, session_id: SessionId) -> Session:
        rows = is_id(session_id) and await self._call("falsafa_find_sessions", the_id=session_id)
        if not rows:
            raise SessionNotFound(f"There is no session {session_id}.")
        return session_of(rows[0])

    async def list(
        self, user_id: OwnerId, book_id: BookId | None, page: PageRequest
    ) -> Page[Session]:
        time, session_id = read_cursor(page.cursor, 2) if page.cursor else (None, None)
        rows = await self._call(
            "falsafa_find_sessions",
            the_user=user_id,
            the_book=book_id,
            before_time=time,
            before_id=session_id,
            up_to=page.limit + 1,
        )
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        return Page(
            tuple(map(session_of, rows[: page.limit])),
            write_cursor(last["updated_at"], last["id"]) if last else None,
        )

    async def delete(self, session_id: SessionId) -> None:
        await self._call("falsafa_delete_sessions", the_id=session_id)

    async def delete_of_book(self, book_id: BookId) -> None:
        await self._call("falsafa_delete_sessions", the_book=book_id)

    async def set_frontier(
        self, session_id: SessionId, frontier: Frontier, *, title: str | None = None
    ) -> None:
        await self._call(
            "falsafa_set_frontier",
            the_id=session_id,
            the_frontier=frontier.offset,
            the_title=None if title is None else storable(title),
        )

    async def append(self, message: Message, fence: int) -> None:
        await self._call(
            "falsafa_append_message",
            the_message=message_row(message),
            the_preview=storable(preview(message.content)),
            the_fence=fence,
        )

    async def settle(self, message_id: MessageId, state: MessageState, fence: int) -> None:
        await self._call(
            "falsafa_settle_message", the_id=message_id, the_state=state, the_fence=fence
        )

    async def messages(self, session_id: SessionId, page: PageRequest) -> Page[Message]:
        time, role, message_id = read_cursor(page.cursor, 3) if page.cursor else (None,) * 3
        rows = await self._call(
            "falsafa_page_of_messages",
            the_session=session_id,
            after_time=time,
            after_role=role,
            after_id=message_id,
            up_to=page.limit + 1,
        )
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        return Page(
            tuple(message_of(row) for row in rows[: page.limit]),
            write_cursor(last["created_at"], last["role"], last["id"]) if last else None,
        )

    async def history(self, session_id: SessionId, limit: int) -> Sequence[Message]:
        rows = await self._call("falsafa_history", the_session=session_id, up_to=limit)
        return [message_of(row) for row in reversed(rows)]

    async def _call(self, function: str, **arguments: object) -> Any:
        return await self._client.call(function, {"the_key": self._key, **arguments})
