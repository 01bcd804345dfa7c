"""Corrections of casts, in SQLite."""

import sqlite3
from collections.abc import Sequence

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.values import from_json, from_time, to_json, to_time
from domain.correction_json import change_from_json, change_to_json
from domain.corrections import Correction
from domain.ids import BookId, CorrectionId


class SqliteCorrectionRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, book_id: BookId, correction: Correction) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT INTO corrections (book_id, id, author, change, created_at)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (book_id, id) DO NOTHING",
                (
                    book_id,
                    correction.id,
                    correction.author,
                    to_json(change_to_json(correction.change)),
                    from_time(correction.created_at),
                ),
            )

    async def of_book(self, book_id: BookId) -> Sequence[Correction]:
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT * FROM corrections WHERE book_id = ? ORDER BY seq", (book_id,)
            )
        return tuple(map(_correction, rows))

    async def remove(self, book_id: BookId, correction_id: CorrectionId) -> bool:
        async with self._database.write() as connection:
            done = await connection.execute(
                "DELETE FROM corrections WHERE (book_id, id) = (?, ?)", (book_id, correction_id)
            )
            return done.rowcount > 0

    async def delete_of_book(self, book_id: BookId) -> None:
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM corrections WHERE book_id = ?", (book_id,))


def _correction(row: sqlite3.Row) -> Correction:
    return Correction(
        id=row["id"],
        author=row["author"],
        created_at=to_time(row["created_at"]),
        change=change_from_json(from_json(row["change"])),
    )
