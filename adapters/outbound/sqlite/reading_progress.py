"""How far each reader has come, in SQLite."""

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import one
from adapters.outbound.sqlite.values import from_time, to_time
from domain.conversation import ReadingProgress
from domain.frontier import Frontier
from domain.ids import BookId, OwnerId


class SqliteReadingProgressRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, progress: ReadingProgress) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT OR REPLACE INTO reading_progress (user_id, book_id, frontier, updated_at)"
                " VALUES (?, ?, ?, ?)",
                (
                    progress.user_id,
                    progress.book_id,
                    progress.frontier.offset,
                    from_time(progress.updated_at),
                ),
            )

    async def get(self, user_id: OwnerId, book_id: BookId) -> ReadingProgress | None:
        async with self._database.read() as connection:
            row = await one(
                connection,
                "SELECT frontier, updated_at FROM reading_progress"
                " WHERE (user_id, book_id) = (?, ?)",
                (user_id, book_id),
            )
        if row is None:
            return None
        return ReadingProgress(
            user_id, book_id, Frontier(row["frontier"]), to_time(row["updated_at"])
        )

    async def delete_of_book(self, book_id: BookId) -> None:
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM reading_progress WHERE book_id = ?", (book_id,))
