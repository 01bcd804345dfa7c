"""Backups of the data folder: the database and the folders beside it, in one archive."""

import asyncio
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.outbound.sqlite.archive import ArchiveWriter, unpack
from adapters.outbound.sqlite.errors import translated
from adapters.outbound.sqlite.migrations import newest_schema
from adapters.outbound.sqlite.swap import swap
from application.ports.clock import Clock, utc_now
from domain.errors import Conflict, InvalidInput, Misconfigured, StoreUnavailable

DATABASE = "falsafa.db"  # its name in every archive

# What a reader would miss. Locks, caches and logs of turns are no data.
_DATA_TABLES = ("books", "jobs", "chat_sessions", "reading_progress")


@contextmanager
def _translated_disk_errors() -> Iterator[None]:
    with translated():
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StoreUnavailable(f"{error.filename or 'The disk'}: {reason}.") from error


class LocalMaintenance:
    """`folders`: names in the archive, and where each folder stands.

    A book that is deleted while a backup is written may stand in its database without its files.
    """

    def __init__(
        self, database_path: Path, folders: Mapping[str, Path], *, clock: Clock = utc_now
    ) -> None:
        self._database = database_path
        self._folders = folders
        self._clock = clock

    async def backup(self, target: Path) -> Path:
        return await asyncio.to_thread(self._backup, target)

    async def restore(self, archive: Path, *, replace: bool = False) -> None:
        await asyncio.to_thread(self._restore, archive, replace)

    @_translated_disk_errors()
    def _backup(self, target: Path) -> Path:
        now = self._clock()
        if target.is_dir():
            target = target / f"falsafa-{now:%Y%m%d-%H%M%S}.tar.gz"
        if target.exists():
            raise InvalidInput(f"{target} is there already. Choose another name.")
        with TemporaryDirectory(dir=target.parent, prefix=".falsafa-backup-") as scratch:
            snapshot, unfinished = Path(scratch, "snapshot"), Path(scratch, "archive")
            schema = _snapshot(self._database, snapshot)
            with tarfile.open(unfinished, "w:gz", compresslevel=6) as tar:
                writer = ArchiveWriter(tar)
                writer.add(DATABASE, snapshot)
                for name, folder in self._folders.items():
                    _add_folder(writer, name, folder)
                writer.finish({"created_at": now.isoformat(), "schema": schema})
            unfinished.replace(target)
        return target

    @_translated_disk_errors()
    def _restore(self, archive: Path, replace: bool) -> None:
        if not replace and self._has_data():
            raise Conflict(
                "There is data already. Restore with `replace` to overwrite it, or choose an empty"
                " FALSAFA_DATA_DIR."
            )
        self._database.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._database.parent, prefix=".falsafa-restore-") as scratch:
            unpacked = Path(scratch, "unpacked")
            manifest = unpack(archive, unpacked)
            self._check(manifest["schema"], unpacked)
            moves = {self._database: unpacked / DATABASE}
            for name, folder in self._folders.items():
                (unpacked / name).mkdir(exist_ok=True)
                moves[folder] = unpacked / name
            _refuse_if_used(self._database)
            swap(moves, dropped=[Path(f"{self._database}{log}") for log in ("-wal", "-shm")])

    def _check(self, schema: int, unpacked: Path) -> None:
        if schema > newest_schema():
            raise Misconfigured(
                "This backup was written by a newer Falsafa. Update Falsafa, then restore it."
            )
        if {path.name for path in unpacked.iterdir()} - {DATABASE, *self._folders}:
            raise InvalidInput("This backup holds folders that this Falsafa does not know.")
        if not (unpacked / DATABASE).is_file():
            raise InvalidInput("This backup holds no database.")

    def _has_data(self) -> bool:
        if any(folder.is_dir() and any(folder.iterdir()) for folder in self._folders.values()):
            return True
        if not self._database.exists():
            return False
        with closing(_connect(self._database)) as connection:
            return any(_has_rows(connection, table) for table in _DATA_TABLES)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _snapshot(database: Path, target: Path) -> int:
    """Copy the database as it is at one moment; return the number of its schema."""
    if not database.exists():
        raise InvalidInput(f"There is nothing to back up: {database} does not exist.")
    with closing(_connect(database)) as source, closing(_connect(target)) as copy:
        source.backup(copy)
        # A file of its own, without a log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
        (schema,) = copy.execute("PRAGMA user_version").fetchone()
    return int(schema)


def _add_folder(writer: ArchiveWriter, name: str, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.is_symlink() or not path.is_file():
            continue
        try:
            writer.add(f"{name}/{path.relative_to(folder).as_posix()}", path)
        except FileNotFoundError:
            continue  # deleted meanwhile


def _has_rows(connection: sqlite3.Connection, table: str) -> bool:
    exists = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return bool(exists and connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone())  # noqa: S608


def _refuse_if_used(database: Path) -> None:
    """Leaving WAL mode fails while another process has the file open."""
    if not database.exists():
        return
    with closing(_connect(database)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Conflict("Falsafa is running on this data. Stop it, then restore.") from error
            # A damaged database is what one restores for.
