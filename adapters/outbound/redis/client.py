"""One process's connections to Redis."""

import asyncio
from typing import Any

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError

from adapters.outbound.redis.errors import translated
from adapters.outbound.redis.notices import Notices
from adapters.outbound.redis.script import Script
from domain.errors import Misconfigured

_FOR_NOTICES = 2  # connections: one, and the next while that is given up


class RedisClient:
    """Connects when first used, and anew after Redis was away: a connection that died is found
    out when it is next taken from the pool.

    A command is never sent twice. Its answer may be lost after it was done, and few of them may
    be done twice; who asked decides.
    """

    def __init__(
        self,
        url: str,
        *,
        max_connections: int = 64,
        connect_timeout: float = 2.0,
        answer_timeout: float = 5.0,
    ) -> None:
        """Timeouts in seconds; the second is for a command and its answer, with what it takes to
        get a connection."""
        self._answer_timeout = answer_timeout
        pool = _pool(url, max_connections + _FOR_NOTICES, connect_timeout)
        # Waiting for a free connection costs less here than in redis-py's BlockingConnectionPool,
        # and a waiter that is cancelled cannot lose one.
        self._free = asyncio.Semaphore(max_connections)
        self._redis = Redis.from_pool(pool)
        self.notices = Notices(self._redis.pubsub)

    async def command(self, *words: Any) -> Any:
        """One command and its answer. Raises StoreUnavailable."""
        with translated():
            async with asyncio.timeout(self._answer_timeout), self._free:
                return await self._redis.execute_command(*words)

    async def run(self, script: Script, *keys_and_words: Any, keys: int = 1) -> Any:
        """The answer of a script, whose first `keys` words are keys. Raises StoreUnavailable."""
        with translated():
            async with asyncio.timeout(self._answer_timeout), self._free:
                try:
                    return await self._redis.execute_command(
                        "EVALSHA", script.sha, keys, *keys_and_words
                    )
                except NoScriptError:  # new to this Redis, or it was restarted
                    return await self._redis.execute_command(
                        "EVAL", script.source, keys, *keys_and_words
                    )

    async def block(self, *words: Any, seconds: float) -> Any:
        """A command that Redis answers when something happens, or after `seconds`, which it is
        told as its last word. Raises StoreUnavailable."""
        with translated():
            async with asyncio.timeout(seconds + self._answer_timeout), self._free:
                return await self._redis.execute_command(*words, seconds)

    async def aclose(self) -> None:
        await self.notices.aclose()
        await self._redis.aclose(close_connection_pool=True)


def _pool(url: str, max_connections: int, connect_timeout: float) -> ConnectionPool:
    try:
        return ConnectionPool.from_url(
            url,
            max_connections=max_connections,
            socket_connect_timeout=connect_timeout,
            # Never one of redis-py's: it uses `asyncio.wait_for`, which in Python 3.11 may swallow
            # the cancelling of a task (https://github.com/python/cpython/issues/86296).
            socket_timeout=None,
            # Where redis-py uses the newer protocol it does not look whether a connection that it
            # takes from the pool has died.
            protocol=2,
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError as error:
        raise Misconfigured(
            "REDIS_URL must be redis://host:6379/0, rediss://... for TLS, or unix:///path."
        ) from error
