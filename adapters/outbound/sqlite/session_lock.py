"""The lock of a session, in SQLite: a row with a random token that runs out unless renewed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from secrets import token_hex

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import one
from adapters.outbound.sqlite.values import from_time
from application.ports.clock import Clock, utc_now
from application.ports.session_lock import LockLease
from domain.errors import SessionBusy, StoreUnavailable
from domain.ids import SessionId

TTL = 30.0  # seconds
RENEW_EVERY = 10.0


class SqliteSessionLock:
    def __init__(
        self,
        database: Database,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sleep = sleep

    @asynccontextmanager
    async def hold(self, session_id: SessionId) -> AsyncIterator[LockLease]:
        token = token_hex(16)
        try:
            lease = LockLease(fence=await self._take(session_id, token))
            renewing = asyncio.create_task(self._renew(session_id, token, lease))
            try:
                yield lease
            finally:
                renewing.cancel()
                await asyncio.wait([renewing])
        finally:
            # Also after a take that was refused or cancelled: nobody else has this token.
            with suppress(StoreUnavailable):  # then it runs out by itself
                await self._release(session_id, token)

    async def _take(self, session_id: SessionId, token: str) -> int:
        now = self._clock()
        async with self._database.write() as connection:
            row = await one(
                connection, "SELECT * FROM session_locks WHERE session_id = ?", (session_id,)
            )
            if row and row["token"] and row["expires_at"] > from_time(now):
                raise SessionBusy(
                    "This session is answering another message. Try again when it is done.",
                    retry_after=1.0,
                )
            # Never less than the time, as other locks' fences: messages may be kept where an
            # earlier lock, now lost or exchanged for this one, has left its own.
            fence = max(row["fence"] + 1 if row else 1, int(now.timestamp() * 1000))
            await connection.execute(
                "INSERT OR REPLACE INTO session_locks (session_id, fence, token, expires_at)"
                " VALUES (?, ?, ?, ?)",
                (session_id, fence, token, self._expiry()),
            )
        return fence

    async def _renew(self, session_id: SessionId, token: str, lease: LockLease) -> None:
        renewed = self._clock()
        while not lease.lost.is_set():
            await self._sleep(RENEW_EVERY)
            try:
                held = await self._extend(session_id, token)
                renewed = self._clock()
            except StoreUnavailable:
                held = self._clock() < renewed + timedelta(seconds=TTL)
            if not held:
                lease.lost.set()

    async def _extend(self, session_id: SessionId, token: str) -> bool:
        async with self._database.write() as connection:
            done = await connection.execute(
                "UPDATE session_locks SET expires_at = ? WHERE (session_id, token) = (?, ?)",
                (self._expiry(), session_id, token),
            )
            return done.rowcount > 0

    async def _release(self, session_id: SessionId, token: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE session_locks SET token = NULL, expires_at = NULL"
                " WHERE (session_id, token) = (?, ?)",
                (session_id, token),
            )

    def _expiry(self) -> str:
        return from_time(self._clock() + timedelta(seconds=TTL))
