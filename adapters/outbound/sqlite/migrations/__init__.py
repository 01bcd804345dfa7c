"""Numbered steps of the schema: `0001_words.sql`, applied once each, in order."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from domain.errors import Misconfigured

_FOLDER = Path(__file__).parent
_NAME = re.compile(r"(\d{4})_\w+\.sql")


def migrate(connection: sqlite3.Connection, folder: Path = _FOLDER) -> None:
    """Bring a database to the newest schema, or change nothing.

    The steps run in one transaction that holds the write lock, so that of several processes
    that open a new file at once, one does the work. Raises Misconfigured for a newer schema.
    """
    steps = _steps(folder)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _apply(steps, connection)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def newest_schema() -> int:
    return _steps(_FOLDER)[-1][0]


def _steps(folder: Path) -> list[tuple[int, Path]]:
    return sorted((int(m[1]), p) for p in folder.iterdir() if (m := _NAME.fullmatch(p.name)))


def _apply(steps: list[tuple[int, Path]], connection: sqlite3.Connection) -> None:
    (done,) = connection.execute("PRAGMA user_version").fetchone()
    newest = steps[-1][0] if steps else 0
    if done > newest:
        raise Misconfigured(
            f"This data folder was written by a newer Falsafa (schema {done}, this one knows "
            f"{newest}). Update Falsafa, or choose another FALSAFA_DATA_DIR."
        )
    for number, path in steps:
        if number > done:
            for statement in _statements(path.read_text(encoding="utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> Iterator[str]:
    # Not `executescript`: that would commit before it begins.
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
