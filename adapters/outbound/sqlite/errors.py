"""SQLite's errors, told as Falsafa's."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import FalsafaError, StoreUnavailable

_BUSY_RETRY_AFTER = 2.0  # seconds

# By primary result code (https://www.sqlite.org/rescode.html).
_SENTENCES = {
    sqlite3.SQLITE_BUSY: "The database is busy: another Falsafa process is writing. Try again.",
    sqlite3.SQLITE_LOCKED: "The database is busy: another Falsafa process is writing. Try again.",
    sqlite3.SQLITE_FULL: "The disk is full. Free some space, then try again.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged. Restore the data folder from a backup.",
    sqlite3.SQLITE_NOTADB: "The database file is damaged. Restore the data folder from a backup.",
    sqlite3.SQLITE_IOERR: "The database file cannot be read or written. Check the disk.",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened. Check the data folder's rights.",
    sqlite3.SQLITE_READONLY: "The database file is read-only. Check the data folder's rights.",
    sqlite3.SQLITE_PERM: "The database file is read-only. Check the data folder's rights.",
}
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def translate(error: sqlite3.Error) -> FalsafaError:
    """StoreUnavailable where the store is to blame; a bare FalsafaError where our SQL is."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # an extended code holds the primary one
    if sentence := _SENTENCES.get(code):
        return StoreUnavailable(sentence, retry_after=_BUSY_RETRY_AFTER if code in _BUSY else None)
    return FalsafaError("The database refused a statement. This is a defect in Falsafa.")


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error) from error
