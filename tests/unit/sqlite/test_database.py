import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.outbound.sqlite import database as database_module
from adapters.outbound.sqlite.database import MAX_READERS, Database
from adapters.outbound.sqlite.migrations import migrate, newest_schema
from domain.errors import FalsafaError, Misconfigured, StoreUnavailable

PATIENCE = 10.0  # seconds until a test that hangs fails
PUT = "INSERT INTO cache (key, value, expires_at) VALUES (?, 'value', '')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made on first use" / "falsafa.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = Database(path)
    yield database
    await database.aclose()


async def keys(database: Database) -> list[str]:
    async with database.read() as connection:
        rows = await connection.execute_fetchall("SELECT key FROM cache ORDER BY key")
    return [row["key"] for row in rows]


async def test_nothing_is_touched_before_the_first_use(database: Database, path: Path) -> None:
    assert not path.parent.exists()
    await database.open()
    assert path.exists()


async def test_a_write_is_seen_by_the_next_read(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(PUT, ("a",))
    assert await keys(database) == ["a"]


async def test_an_error_undoes_the_whole_write(database: Database) -> None:
    async def write_twice() -> None:
        async with database.write() as connection:
            for _ in range(2):
                await connection.execute(PUT, ("a",))

    with pytest.raises(FalsafaError):
        await write_twice()
    assert await keys(database) == []


async def test_a_cancelled_write_is_undone_and_the_next_goes_on(database: Database) -> None:
    written = asyncio.Event()

    async def write_and_stall() -> None:
        async with database.write() as connection:
            await connection.execute(PUT, ("a",))
            written.set()
            await asyncio.Event().wait()

    stalled = asyncio.create_task(write_and_stall())
    await written.wait()
    stalled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stalled
    async with database.write() as connection:
        await connection.execute(PUT, ("b",))
    assert await keys(database) == ["b"]


async def test_writes_cancelled_at_any_moment_leave_no_transaction_open(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write() as connection:
            await connection.execute(PUT, (f"{number:03}",))

    for number in range(60):
        writing = asyncio.create_task(write(number))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.wait([writing])
    await write(999)
    assert "999" in await keys(database)


async def test_writers_queue_for_each_other(database: Database) -> None:
    async def count_up() -> None:
        async with database.write() as connection:
            rows = await connection.execute_fetchall("SELECT count(*) AS n FROM cache")
            await connection.execute(PUT, (str(next(iter(rows))["n"]),))

    await asyncio.gather(*(count_up() for _ in range(25)))
    assert len(await keys(database)) == 25


async def test_a_read_sees_one_moment(database: Database) -> None:
    async with database.read() as reader:
        await reader.execute_fetchall("SELECT 1 FROM cache")
        async with database.write() as writer:
            await writer.execute(PUT, ("a",))
        assert list(await reader.execute_fetchall("SELECT 1 FROM cache")) == []
    assert await keys(database) == ["a"]


async def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(StoreUnavailable):
        async with database.read() as connection:
            await connection.execute(PUT, ("a",))
    assert await keys(database) == []


async def test_more_readers_than_connections_take_turns(database: Database) -> None:
    assert await asyncio.gather(*(keys(database) for _ in range(MAX_READERS * 5)))


async def test_a_failing_read_gives_its_connection_back(database: Database) -> None:
    for _ in range(MAX_READERS * 2):
        with pytest.raises(ZeroDivisionError):
            async with database.read():
                raise ZeroDivisionError
    assert await keys(database) == []


async def test_a_closed_database_stays_closed(database: Database) -> None:
    await keys(database)
    for _ in range(2):
        await database.aclose()
    with pytest.raises(StoreUnavailable):
        await keys(database)
    with pytest.raises(StoreUnavailable):
        async with database.write():
            pass


async def test_reads_cancelled_at_any_moment_give_their_connection_back(
    database: Database,
) -> None:
    for number in range(60):
        reading = asyncio.create_task(keys(database))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait([reading])
    assert await asyncio.gather(*(keys(database) for _ in range(MAX_READERS * 2)))


async def test_closing_at_any_moment_of_the_first_use_ends(path: Path) -> None:
    for steps in range(12):
        database = Database(path)
        first_uses = [asyncio.create_task(keys(database)) for _ in range(MAX_READERS + 1)]
        for _ in range(steps):
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE):
            await database.aclose()
            ends = await asyncio.gather(*first_uses, return_exceptions=True)
        assert all(end == [] or isinstance(end, StoreUnavailable) for end in ends)


async def test_closing_waits_for_a_write_under_way(database: Database, path: Path) -> None:
    async with database.write() as connection:
        closing_it = asyncio.create_task(database.aclose())
        await asyncio.sleep(0)
        await connection.execute(PUT, ("a",))
    await closing_it
    with closing(sqlite3.connect(path)) as reopened:
        assert reopened.execute("SELECT key FROM cache").fetchall() == [("a",)]


async def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(FalsafaError):
        async with database.write() as connection:
            await connection.execute(
                "INSERT INTO messages VALUES ('m', 'no session', 't', 'user', '', '', '', '')"
            )


async def test_a_wrong_statement_is_a_defect_and_no_outage(database: Database) -> None:
    with pytest.raises(FalsafaError) as told:
        async with database.read() as connection:
            await connection.execute("SELEC 1")
    assert not isinstance(told.value, StoreUnavailable)
    assert isinstance(told.value.__cause__, sqlite3.OperationalError)


async def test_a_busy_database_says_when_to_try_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT", 0.01)
    database = Database(path)
    await database.open()
    with closing(sqlite3.connect(path, isolation_level=None)) as other_process:
        other_process.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable) as told:
            async with database.write():
                pass
        assert await keys(database) == []
    assert told.value.retry_after is not None
    async with database.write() as connection:
        await connection.execute(PUT, ("a",))
    await database.aclose()


async def test_a_full_disk_is_told_and_what_was_written_stays(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(PUT, ("a",))
        pages = await connection.execute_fetchall("PRAGMA page_count")
        await connection.execute(f"PRAGMA max_page_count = {next(iter(pages))[0]}")
    with pytest.raises(StoreUnavailable, match="disk is full"):
        async with database.write() as connection:
            await connection.execute(PUT, ("b" * 1_000_000,))
    assert await keys(database) == ["a"]


async def test_a_file_that_is_no_database_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(StoreUnavailable, match="damaged"):
        await Database(path).open()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        await Database(tmp_path / "file" / "falsafa.db").open()


async def test_a_file_of_a_newer_falsafa_is_refused_and_left_as_it_is(path: Path) -> None:
    database = Database(path)
    await database.open()
    await database.aclose()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 9999")
    with pytest.raises(Misconfigured, match="newer Falsafa"):
        await Database(path).open()
    with closing(sqlite3.connect(path)) as newer:
        assert newer.execute("PRAGMA user_version").fetchone() == (9999,)


def test_migrations_are_applied_once_each_in_order(tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE a (x); -- ; in a comment\n")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, tmp_path)
        (tmp_path / "0002_second.sql").write_text(
            "ALTER TABLE a ADD COLUMN y;\nINSERT INTO a VALUES ('a;b', 2);\n"
        )
        for _ in range(2):
            migrate(connection, tmp_path)
        assert connection.execute("SELECT * FROM a").fetchall() == [("a;b", 2)]
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE a (x);\nCREATE TABLE a (x);\n")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, tmp_path)
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)


def test_processes_that_open_a_new_file_at_once_make_it_once(path: Path) -> None:
    script = (
        "import asyncio, sys, pathlib\n"
        "from adapters.outbound.sqlite.database import Database\n"
        "async def main():\n"
        "    database = Database(pathlib.Path(sys.argv[1]))\n"
        "    async with database.write() as connection:\n"
        f"        await connection.execute({PUT!r}, (sys.argv[2],))\n"
        "    await database.aclose()\n"
        "asyncio.run(main())\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(number)])
        for number in range(6)
    ]
    assert [process.wait() for process in processes] == [0] * 6
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM cache").fetchone() == (6,)
        assert connection.execute("PRAGMA user_version").fetchone() == (newest_schema(),)


async def test_a_process_killed_in_the_middle_of_a_write_leaves_what_it_had_committed(
    database: Database, path: Path
) -> None:
    script = (
        "import asyncio, os, pathlib, signal, sys\n"
        "from adapters.outbound.sqlite.database import Database\n"
        "async def main():\n"
        "    database = Database(pathlib.Path(sys.argv[1]))\n"
        "    async with database.write() as connection:\n"
        f"        await connection.execute({PUT!r}, ('committed',))\n"
        "    async with database.write() as connection:\n"
        f"        await connection.execute({PUT!r}, ('half done',))\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    await database.open()
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(path))
    assert await killed.wait() == -signal.SIGKILL
    assert await keys(database) == ["committed"]
    async with database.write() as connection:
        await connection.execute(PUT, ("next",))
    assert await keys(database) == ["committed", "next"]
