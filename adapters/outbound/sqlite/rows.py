"""The few statements that every table needs.

Names of tables and columns are this package's own constants; values are always bound.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import aiosqlite

from domain.book import ContentVersion


async def insert(connection: aiosqlite.Connection, table: str, row: Mapping[str, object]) -> None:
    await connection.execute(_insertion(table, tuple(row)), row)


async def insert_all(
    connection: aiosqlite.Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """`rows` is read in the connection's thread: give a generator where there are many."""
    await connection.executemany(_insertion(table, columns, named=False), rows)


async def update(
    connection: aiosqlite.Connection,
    table: str,
    row: Mapping[str, object],
    key: Mapping[str, object],
) -> bool:
    """Whether there was such a row."""
    changes = ", ".join(f"{column} = :{column}" for column in row)
    where = " AND ".join(f"{column} = :key_{column}" for column in key)
    done = await connection.execute(
        f"UPDATE {table} SET {changes} WHERE {where}",  # noqa: S608
        {**row, **{f"key_{column}": value for column, value in key.items()}},
    )
    return done.rowcount > 0


async def one(
    connection: aiosqlite.Connection, query: str, values: Sequence[object] | Mapping[str, object]
) -> sqlite3.Row | None:
    rows = await connection.execute_fetchall(query, values)
    return next(iter(rows), None)


def key_of(version: ContentVersion) -> dict[str, object]:
    return {"book_id": version.book_id, "version": version.number}


async def of_version(
    connection: aiosqlite.Connection, table: str, version: ContentVersion
) -> list[sqlite3.Row]:
    """The version's rows, in the order of the table's key."""
    return list(
        await connection.execute_fetchall(
            f"SELECT * FROM {table} WHERE (book_id, version) = (:book_id, :version)"  # noqa: S608
            " ORDER BY idx",
            key_of(version),
        )
    )


async def delete_version(
    connection: aiosqlite.Connection, table: str, version: ContentVersion
) -> None:
    await connection.execute(
        f"DELETE FROM {table} WHERE (book_id, version) = (:book_id, :version)",  # noqa: S608
        key_of(version),
    )


def _insertion(table: str, columns: Sequence[str], *, named: bool = True) -> str:
    names = ", ".join(columns)
    values = ", ".join(f":{column}" if named else "?" for column in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608
