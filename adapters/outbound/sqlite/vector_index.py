"""Exact search among vectors in SQLite: NumPy over a matrix that is kept while it is in use."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence

import aiosqlite
import numpy as np

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import delete_version, insert, key_of, one
from adapters.outbound.sqlite.values import new_revision
from adapters.outbound.sqlite.vector_matrix import MatrixCache, VectorMatrix
from application.ports.embedder import Vector
from application.ports.vector_index import Candidate, VectorEntry
from domain.book import ContentVersion
from domain.errors import EmbeddingMismatch
from domain.frontier import Frontier

CACHE_BYTES = 128 * 2**20  # some twenty novels


class SqliteVectorIndex:
    def __init__(self, database: Database, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._database = database
        self._matrices = MatrixCache(cache_bytes)

    async def create(self, version: ContentVersion, model: str, dimension: int) -> None:
        async with self._database.write() as connection:
            await _delete(connection, version)
            index = {"model": model, "dimension": dimension, "revision": new_revision()}
            await insert(connection, "vector_indices", {**key_of(version), **index})

    async def upsert(self, version: ContentVersion, entries: Sequence[VectorEntry]) -> None:
        key = (version.book_id, version.number)
        async with self._database.write() as connection:
            await connection.executemany(
                "INSERT OR REPLACE INTO vectors"
                " (book_id, version, key, passage, end_offset, vector) VALUES (?, ?, ?, ?, ?, ?)",
                ((*key, *_row(entry)) for entry in entries),
            )
            await connection.execute(
                "UPDATE vector_indices SET revision = :revision"
                " WHERE (book_id, version) = (:book_id, :version)",
                {**key_of(version), "revision": new_revision()},
            )

    async def search(
        self, version: ContentVersion, vector: Vector, model: str, up_to: Frontier, limit: int
    ) -> list[Candidate]:
        matrix = await self._matrix(version, model, len(vector))
        if matrix is None:
            return []
        return await asyncio.to_thread(
            matrix.nearest, np.frombuffer(vector, np.float32), up_to, limit
        )

    async def serve(self, version: ContentVersion) -> None:
        """Nobody else looks in here, and whoever searches names the version."""

    async def count(self, version: ContentVersion) -> int:
        async with self._database.read() as connection:
            row = await one(
                connection,
                "SELECT count(*) AS vectors FROM vectors"
                " WHERE (book_id, version) = (:book_id, :version)",
                key_of(version),
            )
        return row["vectors"] if row else 0

    async def delete(self, version: ContentVersion) -> None:
        async with self._database.write() as connection:
            await _delete(connection, version)

    async def _matrix(
        self, version: ContentVersion, model: str, dimension: int
    ) -> VectorMatrix | None:
        async with self._database.read() as connection:
            index = await one(
                connection,
                "SELECT * FROM vector_indices WHERE (book_id, version) = (:book_id, :version)",
                key_of(version),
            )
            if index is None:
                return None
            _check(index, model, dimension)
            # The revision tells whether the kept matrix is still the stored one, whichever
            # process wrote last.
            matrix = self._matrices.get(version, index["revision"])
            if matrix is not None:
                return matrix
            rows = await connection.execute_fetchall(
                "SELECT passage, end_offset, vector FROM vectors"
                " WHERE (book_id, version) = (:book_id, :version) ORDER BY passage, key",
                key_of(version),
            )
        matrix = await asyncio.to_thread(_read_matrix, list(rows), dimension)
        self._matrices.put(version, index["revision"], matrix)
        return matrix


def _check(index: sqlite3.Row, model: str, dimension: int) -> None:
    if (index["model"], index["dimension"]) != (model, dimension):
        raise EmbeddingMismatch(
            f"This book was indexed with {index['model']} ({index['dimension']} wide), and is "
            f"searched with {model} ({dimension} wide). Embed it anew: "
            f"falsafa reindex {index['book_id']}"
        )


def _row(entry: VectorEntry) -> tuple[object, ...]:
    return (entry.key, entry.passage_index, entry.span.end, entry.vector.tobytes())


def _read_matrix(rows: Sequence[sqlite3.Row], dimension: int) -> VectorMatrix:
    blobs = b"".join(row["vector"] for row in rows)
    return VectorMatrix(
        np.frombuffer(blobs, np.float32).reshape(len(rows), dimension),
        np.array([row["passage"] for row in rows], np.int64),
        np.array([row["end_offset"] for row in rows], np.int64),
    )


async def _delete(connection: aiosqlite.Connection, version: ContentVersion) -> None:
    await delete_version(connection, "vectors", version)
    await delete_version(connection, "vector_indices", version)
