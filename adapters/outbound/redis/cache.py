"""Small values with a time to live, in Redis."""

import time
from collections.abc import Callable

import structlog

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.errors import Refused
from domain.errors import StoreUnavailable

log = structlog.get_logger()

REST = 2.0  # seconds for which a Redis that failed is not asked: each asking may take as long


class RedisCache:
    """Without Redis every look is a miss and nothing is kept: what is cached stands elsewhere.
    Only `delete` raises StoreUnavailable, as the value would be found again."""

    def __init__(
        self, client: RedisClient, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._rests_until = float("-inf")

    async def get(self, key: str) -> bytes | None:
        try:
            return await self._asked("GET", key)
        except Refused:  # another program keeps something else than a text there
            return None

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        await self._asked("SET", key, value, "PX", max(1, round(ttl * 1000)))

    async def delete(self, key: str) -> None:
        await self._client.command("DEL", key)

    async def _asked(self, *words: object) -> bytes | None:
        if self._monotonic() < self._rests_until:
            return None
        try:
            answer: bytes | None = await self._client.command(*words)
        except StoreUnavailable as error:
            self._rests_until = self._monotonic() + REST
            log.warning("cache_unavailable", reason=error.message)
            return None
        return answer
