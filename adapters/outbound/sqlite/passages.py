"""The passages of content versions, in SQLite."""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import delete_version, insert_all, key_of, one
from adapters.outbound.sqlite.values import to_json
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.passage import Passage
from domain.span import Span

_COLUMNS = (
    "book_id",
    "version",
    "idx",
    "start_offset",
    "end_offset",
    "chapter_index",
    "text",
    "context",
)


class SqlitePassageRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, version: ContentVersion, passages: Sequence[Passage]) -> None:
        key = (version.book_id, version.number)
        async with self._database.write() as connection:
            await delete_version(connection, "passages", version)
            rows = ((*key, *_row(passage)) for passage in passages)
            await insert_all(connection, "passages", _COLUMNS, rows)

    async def get(
        self, version: ContentVersion, indices: Sequence[int], up_to: Frontier
    ) -> dict[int, Passage]:
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT * FROM passages WHERE (book_id, version) = (:book_id, :version)"
                " AND idx IN (SELECT value FROM json_each(:indices)) AND end_offset <= :up_to",
                {**key_of(version), "indices": to_json(list(indices)), "up_to": up_to.offset},
            )
        return {row["idx"]: _passage(row) for row in rows}

    async def all(self, version: ContentVersion, up_to: Frontier) -> Sequence[Passage]:
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT * FROM passages WHERE (book_id, version) = (:book_id, :version)"
                " AND end_offset <= :up_to ORDER BY idx",
                {**key_of(version), "up_to": up_to.offset},
            )
        return await asyncio.to_thread(_passages, rows)

    async def count(self, version: ContentVersion) -> int:
        async with self._database.read() as connection:
            row = await one(
                connection,
                "SELECT count(*) AS passages FROM passages"
                " WHERE (book_id, version) = (:book_id, :version)",
                key_of(version),
            )
        return row["passages"] if row else 0

    async def delete(self, version: ContentVersion) -> None:
        async with self._database.write() as connection:
            await delete_version(connection, "passages", version)


def _row(passage: Passage) -> tuple[object, ...]:
    return (
        passage.index,
        passage.span.start,
        passage.span.end,
        passage.chapter_index,
        passage.text,
        passage.context,
    )


def _passages(rows: Iterable[sqlite3.Row]) -> tuple[Passage, ...]:
    return tuple(_passage(row) for row in rows)


def _passage(row: sqlite3.Row) -> Passage:
    return Passage(
        index=row["idx"],
        span=Span(row["start_offset"], row["end_offset"]),
        chapter_index=row["chapter_index"],
        text=row["text"],
        context=row["context"],
    )
