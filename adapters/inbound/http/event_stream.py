"""A stream of events as a response: it notices a reader who leaves, and pings a silent one."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.inbound.http.sse import PING

_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",  # proxies must not hold events back
}


class OpenStreams:
    """What all event streams of one application share."""

    def __init__(self, ping_seconds: float) -> None:
        self.ping_seconds = ping_seconds
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every stream that has no end of its own. Call it before a graceful shutdown waits
        for the open requests."""
        self._closing.set()

    async def closed(self) -> None:
        await self._closing.wait()


class EventStream(Response):
    """Sends frames as they come, encoded already.

    `pings`: comments while nothing comes. `on_leave` runs if the reader goes before the end.
    `endless`: the stream ends when the application closes its streams; one that has a terminal
    event of its own is left to reach it. Starlette's StreamingResponse tells nobody that the
    reader has left, hence a class of our own.
    """

    def __init__(
        self,
        frames: AsyncGenerator[bytes, None],
        *,
        pings: bool = True,
        endless: bool = False,
        on_leave: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._frames = frames
        self._pings = pings
        self._endless = endless
        self._on_leave = on_leave
        self._sending = asyncio.Lock()
        self._whole = False  # every frame has been taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        streams: OpenStreams = scope["app"].state.streams
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        writing = asyncio.create_task(self._write(send, streams.ping_seconds))
        leaving = asyncio.create_task(_until_left(receive))
        tasks = [writing, leaving]
        if self._endless:
            tasks.append(asyncio.create_task(streams.closed()))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            has_left = leaving.done()
        finally:
            await _cancel(*tasks)
            if not self._whole and self._on_leave is not None:
                await self._on_leave()
        if not writing.cancelled():
            writing.result()  # raises what went wrong while writing
        if not has_left:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _write(self, send: Send, ping_seconds: float) -> None:
        pinging = asyncio.create_task(self._ping(send, ping_seconds)) if self._pings else None
        try:
            async with aclosing(self._frames):
                async for frame in self._frames:
                    await self._send(send, frame)
        finally:
            if pinging is not None:
                await _cancel(pinging)
        self._whole = True

    async def _ping(self, send: Send, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._send(send, PING)

    async def _send(self, send: Send, body: bytes) -> None:
        async with self._sending:
            await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancel(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
