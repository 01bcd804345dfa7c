"""Chat sessions and their messages, in SQLite."""

import sqlite3
from collections.abc import Sequence

import aiosqlite

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import insert, one, update
from adapters.outbound.sqlite.session_rows import message_of, message_row, session_of, session_row
from domain.conversation import Message, MessageState, Session
from domain.cursor import read_cursor, write_cursor
from domain.errors import SessionNotFound, StaleWrite
from domain.frontier import Frontier
from domain.ids import BookId, MessageId, OwnerId, SessionId
from domain.page import Page, PageRequest
from domain.session_steps import with_frontier, with_message

# Of turns that gave a text, and whose question is settled.
_HISTORY = """
SELECT * FROM messages AS m
WHERE session_id = :session
AND EXISTS (
    SELECT 1 FROM messages AS reply
    WHERE reply.session_id = m.session_id AND reply.turn_id = m.turn_id
    AND reply.role = 'assistant' AND trim(reply.content, char(9, 10, 13, 32)) <> ''
)
AND NOT EXISTS (
    SELECT 1 FROM messages AS open
    WHERE open.session_id = m.session_id AND open.turn_id = m.turn_id
    AND open.state IN ('pending', 'failed')
)
ORDER BY created_at DESC, role, id DESC
LIMIT :limit
"""


class SqliteSessionRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session) -> None:
        async with self._database.write() as connection:
            await insert(connection, "chat_sessions", session_row(session))

    async def get(self, session_id: SessionId) -> Session:
        async with self._database.read() as connection:
            return session_of(await _session(connection, session_id))

    async def list(
        self, user_id: OwnerId, book_id: BookId | None, page: PageRequest
    ) -> Page[Session]:
        time, session_id = read_cursor(page.cursor, 2) if page.cursor else (None, None)
        async with self._database.read() as connection:
            rows = list(
                await connection.execute_fetchall(
                    "SELECT * FROM chat_sessions WHERE user_id = :user"
                    " AND (:book IS NULL OR book_id = :book)"
                    " AND (:time IS NULL OR (updated_at, id) < (:time, :id))"
                    " ORDER BY updated_at DESC, id DESC LIMIT :limit",
                    {
                        "user": user_id,
                        "book": book_id,
                        "time": time,
                        "id": session_id,
                        "limit": page.limit + 1,
                    },
                )
            )
        sessions = tuple(session_of(row) for row in rows[: page.limit])
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        return Page(sessions, write_cursor(last["updated_at"], last["id"]) if last else None)

    async def delete(self, session_id: SessionId) -> None:
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM chat_sessions WHERE id = ?", (session_id,))

    async def delete_of_book(self, book_id: BookId) -> None:
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM chat_sessions WHERE book_id = ?", (book_id,))

    async def set_frontier(
        self, session_id: SessionId, frontier: Frontier, *, title: str | None = None
    ) -> None:
        async with self._database.write() as connection:
            session = session_of(await _session(connection, session_id))
            changed = session_row(with_frontier(session, frontier, title))
            await update(connection, "chat_sessions", changed, {"id": session_id})

    async def append(self, message: Message, fence: int) -> None:
        async with self._database.write() as connection:
            row = await _fenced(connection, message.session_id, fence)
            if await one(connection, "SELECT 1 FROM messages WHERE id = ?", (message.id,)):
                return
            await insert(connection, "messages", message_row(message))
            changed = session_row(with_message(session_of(row), message))
            await update(connection, "chat_sessions", changed, {"id": message.session_id})

    async def settle(self, message_id: MessageId, state: MessageState, fence: int) -> None:
        async with self._database.write() as connection:
            message = await one(
                connection, "SELECT session_id FROM messages WHERE id = ?", (message_id,)
            )
            if message is None:
                return  # deleted with its session
            await _fenced(connection, message["session_id"], fence)
            await update(connection, "messages", {"state": state}, {"id": message_id})

    async def messages(self, session_id: SessionId, page: PageRequest) -> Page[Message]:
        time, role, message_id = read_cursor(page.cursor, 3) if page.cursor else (None,) * 3
        async with self._database.read() as connection:
            rows = list(
                await connection.execute_fetchall(
                    # The roles sort downwards: 'user' before 'assistant'.
                    "SELECT * FROM messages WHERE session_id = :session"
                    " AND (:time IS NULL OR created_at > :time OR (created_at = :time"
                    "  AND (role < :role OR (role = :role AND id > :id))))"
                    " ORDER BY created_at, role DESC, id LIMIT :limit",
                    {
                        "session": session_id,
                        "time": time,
                        "role": role,
                        "id": message_id,
                        "limit": page.limit + 1,
                    },
                )
            )
        messages = tuple(message_of(row) for row in rows[: page.limit])
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        cursor = write_cursor(last["created_at"], last["role"], last["id"]) if last else None
        return Page(messages, cursor)

    async def history(self, session_id: SessionId, limit: int) -> Sequence[Message]:
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                _HISTORY, {"session": session_id, "limit": limit}
            )
        return [message_of(row) for row in rows][::-1]


async def _session(connection: aiosqlite.Connection, session_id: SessionId) -> sqlite3.Row:
    row = await one(connection, "SELECT * FROM chat_sessions WHERE id = ?", (session_id,))
    if row is None:
        raise _not_found(session_id)
    return row


def _not_found(session_id: SessionId) -> SessionNotFound:
    return SessionNotFound(f"There is no session {session_id}.")


async def _fenced(
    connection: aiosqlite.Connection, session_id: SessionId, fence: int
) -> sqlite3.Row:
    """The session, once the fencing number has been checked and noted."""
    row = await _session(connection, session_id)
    if fence < row["fence"]:
        raise StaleWrite("A newer turn of this session has taken over.")
    await update(connection, "chat_sessions", {"fence": fence}, {"id": session_id})
    return row
