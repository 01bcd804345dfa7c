"""Small values with a time to live, in SQLite."""

from datetime import timedelta

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import one
from adapters.outbound.sqlite.values import from_time
from application.ports.clock import Clock, utc_now


class SqliteCache:
    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def get(self, key: str) -> bytes | None:
        async with self._database.read() as connection:
            row = await one(
                connection,
                "SELECT value FROM cache WHERE key = ? AND expires_at > ?",
                (key, from_time(self._clock())),
            )
        return None if row is None else bytes(row["value"])

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        now = self._clock()
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM cache WHERE expires_at <= ?", (from_time(now),))
            await connection.execute(
                "INSERT OR REPLACE INTO cache (key, value, expires_at) VALUES (?, ?, ?)",
                (key, value, from_time(now + timedelta(seconds=ttl))),
            )

    async def delete(self, key: str) -> None:
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM cache WHERE key = ?", (key,))
