"""The one database file: a writer connection, a few readers, and the schema."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiosqlite

from adapters.outbound.sqlite.errors import translated
from adapters.outbound.sqlite.migrations import migrate
from domain.errors import StoreUnavailable

BUSY_TIMEOUT = 10.0  # seconds that a statement waits for another process
MAX_READERS = 4

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    # With WAL this loses no committed transaction to a killed process, only to a power cut.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA temp_store = MEMORY",
)


class Database:
    """`falsafa.db`, in WAL mode: readers and the writer never wait for each other.

    Opened on first use. Several processes may use one file; within a process there is one writer,
    and writers queue for it. Every row is a `sqlite3.Row`. SQLite's errors leave as
    StoreUnavailable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opening = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._reading = asyncio.Semaphore(MAX_READERS)
        self._writer: aiosqlite.Connection | None = None
        self._idle_readers: list[aiosqlite.Connection] = []
        self._closed = False

    async def open(self) -> None:
        """Create or migrate the file. Raises Misconfigured for one of a newer Falsafa."""
        await self._open_writer()

    async def aclose(self) -> None:
        """Wait for running transactions, then close for good."""
        async with AsyncExitStack() as everything:
            # The one for opening comes last, as it does for whoever reads or writes.
            await everything.enter_async_context(self._writing)
            for _ in range(MAX_READERS):
                await everything.enter_async_context(self._reading)
            await everything.enter_async_context(self._opening)
            self._closed = True
            connections = [c for c in (self._writer, *self._idle_readers) if c is not None]
            self._writer = None
            self._idle_readers.clear()
            for connection in connections:
                await _to_the_end(connection.close())

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        """A write transaction: committed at the end, rolled back on any error or cancellation."""
        async with self._writing:
            connection = await self._open_writer()
            with translated():
                try:
                    await connection.execute("BEGIN IMMEDIATE")
                    yield connection
                except BaseException:
                    await _to_the_end(connection.rollback())
                    raise
                await _to_the_end(_commit(connection))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[aiosqlite.Connection]:
        """A read-only transaction: every statement sees the same moment."""
        async with self._reading:
            connection = await self._take_reader()
            try:
                with translated():
                    await connection.execute("BEGIN")
                    yield connection
            finally:
                try:
                    await _to_the_end(connection.rollback())
                finally:
                    self._idle_readers.append(connection)

    async def _open_writer(self) -> aiosqlite.Connection:
        if self._writer is None:
            async with self._opening:
                if self._closed:
                    raise StoreUnavailable("The database has been closed: Falsafa is stopping.")
                if self._writer is None:
                    await asyncio.to_thread(_prepare, self.path)
                    self._writer = await _connect(self.path)
        return self._writer

    async def _take_reader(self) -> aiosqlite.Connection:
        if self._idle_readers:
            return self._idle_readers.pop()
        await self._open_writer()
        return await _connect(self.path, "PRAGMA query_only = ON")


def _prepare(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The data folder {path.parent} cannot be made.") from error
    with translated(), closing(_open(path)) as connection:
        _enter_wal_mode(connection)
        migrate(connection)


def _open(path: Path) -> sqlite3.Connection:
    # isolation_level=None: transactions begin where we say so.
    return sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)


def _enter_wal_mode(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for its busy timeout when two processes change the mode of a new file
    # at once: so wait here.
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


async def _connect(path: Path, *pragmas: str) -> aiosqlite.Connection:
    with translated():
        connection = await aiosqlite.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            for pragma in (*_PRAGMAS, *pragmas):
                await connection.execute(pragma)
        except BaseException:
            await _to_the_end(connection.close())
            raise
        return connection


async def _commit(connection: aiosqlite.Connection) -> None:
    try:
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Await the work whole, however often we are cancelled meanwhile; then be cancelled."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from task.exception()
