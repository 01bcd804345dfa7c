"""The lock of a session, in Redis: a key with a random token that runs out unless renewed.

https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/ (one instance): what
makes a late holder harmless is not the lock but its fence, which the message store checks.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from secrets import token_hex

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.script import script
from application.ports.session_lock import LockLease
from domain.errors import SessionBusy, StoreUnavailable
from domain.ids import SessionId

TTL = 30.0  # seconds
RENEW_EVERY = 10.0
FENCE_KEPT = 86400.0  # seconds; afterwards the time of day is far beyond it

_TAKE = script("take_lock")
_EXTEND = script("extend_lock", flags="allow-oom")
_RELEASE = script("release_lock", flags="allow-oom")


class RedisSessionLock:
    """`monotonic` and `sleep` for a holder's own reckoning of how long it may go on."""

    def __init__(
        self,
        client: RedisClient,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._sleep = sleep

    @asynccontextmanager
    async def hold(self, session_id: SessionId) -> AsyncIterator[LockLease]:
        token = token_hex(16)
        taking = asyncio.create_task(self._take(session_id, token))
        try:
            lease = LockLease(fence=await asyncio.shield(taking))
            renewing = asyncio.create_task(self._renew(session_id, token, lease))
            try:
                yield lease
            finally:
                renewing.cancel()
                await asyncio.wait([renewing])
        finally:
            # Whoever is cancelled while it takes the lock may get it all the same.
            await asyncio.wait([taking])
            if not taking.cancelled() and taking.exception() is None:
                with suppress(StoreUnavailable):  # then it runs out by itself
                    await self._client.run(_RELEASE, _key(session_id), token)

    async def _take(self, session_id: SessionId, token: str) -> int:
        fence: int | None = await self._client.run(
            *(_TAKE, _key(session_id), f"chat:fence:{session_id}"),
            *(token, round(TTL), round(FENCE_KEPT)),
            keys=2,
        )
        if fence is None:
            raise SessionBusy(
                "This session is answering another message. Try again when it is done.",
                retry_after=1.0,
            )
        return fence

    async def _renew(self, session_id: SessionId, token: str, lease: LockLease) -> None:
        renewed = self._monotonic()
        while not lease.lost.is_set():
            await self._sleep(RENEW_EVERY)
            asked = self._monotonic()
            try:
                held = await self._client.run(_EXTEND, _key(session_id), token, round(TTL))
                renewed = asked
            except StoreUnavailable:
                held = self._monotonic() < renewed + TTL
            if not held:
                lease.lost.set()


def _key(session_id: SessionId) -> str:
    return f"chat:lock:{session_id}"
