"""Being told of changes by Redis: one connection a process, however many listen.

Pub/sub may lose a message, so a message carries nothing: it says that there is something to look
at. Whoever listens looks once more at each ring, and each (re)subscription rings as well.
https://redis.io/docs/latest/develop/interact/pubsub/
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError, RedisError

_QUIET = 15.0  # seconds without a message until the connection is tried by a ping
_BACKOFF = 0.5  # seconds before the next try when Redis is away
_ALWAYS = "falsafa:notices"  # one channel that is always subscribed: then a ping may be sent


class Bell:
    """Take `next_ring` before you look at the data; then no change between is missed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.listeners = 0

    def ring(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    @property
    def next_ring(self) -> asyncio.Event:
        return self._next


class Notices:
    def __init__(self, subscriber: Callable[[], PubSub]) -> None:
        self._subscriber = subscriber
        self._bells: dict[str, Bell] = {}
        self._wanted = asyncio.Event()  # set when what is listened to has changed
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def listening(self, channel: str) -> Iterator[Bell]:
        """A bell that rings at each message on the channel, and when listening has begun."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="redis-notices")
        bell = self._bells.setdefault(channel, Bell())
        bell.listeners += 1
        self._wanted.set()
        try:
            yield bell
        finally:
            bell.listeners -= 1
            if not bell.listeners:
                del self._bells[channel]
                self._wanted.set()

    async def aclose(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _run(self) -> None:
        while True:
            pubsub = self._subscriber()
            try:
                await self._attend(pubsub)
            except (RedisError, OSError):
                await asyncio.sleep(_BACKOFF)
            finally:
                with suppress(RedisError, OSError):
                    await pubsub.aclose()

    async def _attend(self, pubsub: PubSub) -> None:
        """Until the connection is lost."""
        async with asyncio.timeout(_QUIET):
            await pubsub.subscribe(_ALWAYS)
        sides = [
            asyncio.create_task(self._subscribe(pubsub)),
            asyncio.create_task(self._hear(pubsub)),
        ]
        try:
            done, _ = await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
            for side in done:
                side.result()
        finally:
            for side in sides:
                side.cancel()
            await asyncio.gather(*sides, return_exceptions=True)

    async def _subscribe(self, pubsub: PubSub) -> None:
        subscribed: set[str] = set()
        while True:
            self._wanted.clear()
            wanted = set(self._bells)
            if new := wanted - subscribed:
                await pubsub.subscribe(*new)
            if gone := subscribed - wanted:
                await pubsub.unsubscribe(*gone)
            subscribed = wanted
            await self._wanted.wait()

    async def _hear(self, pubsub: PubSub) -> None:
        while True:
            message = await pubsub.get_message(timeout=_QUIET)
            if message is None:
                await pubsub.ping()
                message = await pubsub.get_message(timeout=_QUIET)
            if message is None:
                raise ConnectionError("Redis no longer answers.")
            channel = message["channel"]
            if channel and (bell := self._bells.get(channel.decode())):
                bell.ring()
