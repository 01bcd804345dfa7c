"""Whether the database can be used."""

import sqlite3
import time

from adapters.outbound.sqlite.database import Database
from application.ports.health import Health
from domain.errors import FalsafaError


class DatabaseHealthCheck:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self) -> Health:
        begun = time.perf_counter()
        try:
            async with self._database.write() as connection:
                await connection.execute("SELECT count(*) FROM books")
            size = self._database.path.stat().st_size / 1e6
        except (FalsafaError, OSError) as error:
            return Health("database", ok=False, detail=str(error))
        return Health(
            "database",
            ok=True,
            detail=f"SQLite {sqlite3.sqlite_version}, {size:.1f} MB, {self._database.path}",
            latency_ms=(time.perf_counter() - begun) * 1000,
        )
