"""Full text in SQLite's FTS5: one virtual table a content version."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import aiosqlite

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import one
from application.ports.keyword_index import KeywordCandidate
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.passage import Passage
from domain.terms import searchable_words

MAX_WORDS = 64  # of a query: FTS5 refuses expressions that are much longer


class SqliteKeywordIndex:
    """Porter's stems, accents removed, ordered by BM25.

    A table of its own keeps a book's search as fast in a library of a hundred as alone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, version: ContentVersion) -> None:
        table = _table(version)
        async with self._database.write() as connection:
            await connection.execute(f"DROP TABLE IF EXISTS {table}")
            await connection.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5 (text, context, end_offset UNINDEXED,"
                " tokenize = 'porter unicode61 remove_diacritics 2')"
            )

    async def upsert(self, version: ContentVersion, passages: Sequence[Passage]) -> None:
        async with self._database.write() as connection:
            await connection.executemany(
                f"INSERT OR REPLACE INTO {_table(version)}"  # noqa: S608
                " (rowid, text, context, end_offset) VALUES (?, ?, ?, ?)",
                ((p.index, p.text, p.context, p.span.end) for p in passages),
            )

    async def search(
        self, version: ContentVersion, query: str, up_to: Frontier, limit: int
    ) -> list[KeywordCandidate]:
        table = _table(version)
        expression = _expression(query)
        if not expression:
            return []
        async with self._database.read() as connection:
            if not await _exists(connection, table):
                return []
            rows = await connection.execute_fetchall(
                f"SELECT rowid, bm25({table}) AS badness"  # noqa: S608
                f" FROM {table} WHERE {table} MATCH ? AND end_offset <= ?"
                " ORDER BY badness, rowid LIMIT ?",
                (expression, up_to.offset, limit),
            )
        return [KeywordCandidate(row["rowid"], -row["badness"]) for row in rows]

    async def serve(self, version: ContentVersion) -> None:
        """Nobody else looks in here, and whoever searches names the version."""

    async def count(self, version: ContentVersion) -> int:
        table = _table(version)
        async with self._database.read() as connection:
            if not await _exists(connection, table):
                return 0
            row = await one(connection, f"SELECT count(*) AS passages FROM {table}", ())  # noqa: S608
        return row["passages"] if row else 0

    async def delete(self, version: ContentVersion) -> None:
        async with self._database.write() as connection:
            await connection.execute(f"DROP TABLE IF EXISTS {_table(version)}")


def _table(version: ContentVersion) -> str:
    """A name that needs no quoting, whatever the book's id is."""
    return f"keywords_{hashlib.sha256(str(version).encode()).hexdigest()[:32]}"


def _expression(query: str) -> str:
    """Any of the reader's words. Each is quoted, so none of them is an operator of FTS5."""
    words = dict.fromkeys(word.casefold() for word in searchable_words(query))
    return " OR ".join(f'"{word}"' for word in list(words)[:MAX_WORDS])


async def _exists(connection: aiosqlite.Connection, table: str) -> bool:
    found = await one(connection, "SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
    return found is not None
