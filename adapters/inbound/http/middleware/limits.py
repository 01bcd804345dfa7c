"""How large a request's body may be, and how long a client may let us wait for it or for itself.

Uvicorn has no such limits: a client that reads nothing would hold its stream for ever.
"""

import asyncio
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.inbound.http.config import HttpConfig

_MULTIPART_OVERHEAD = 100_000  # boundaries and part headers beside the file


class ReaderStalled(Exception):
    """The client has not taken a piece of its answer within the limit."""


class LimitsMiddleware:
    """`upload_paths`: where a body may be as large as a book; elsewhere it is JSON."""

    def __init__(self, app: ASGIApp, config: HttpConfig, upload_paths: frozenset[str]) -> None:
        self._app = app
        self._config = config
        self._upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self._max_bytes(scope), self._config.read_idle_seconds)

        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(self._config.write_idle_seconds):
                    await send(message)
            except TimeoutError as error:
                raise ReaderStalled from error

        await self._app(scope, body.receive_announced(Headers(scope=scope)), send_in_time)

    def _max_bytes(self, scope: Scope) -> int:
        if scope["path"] in self._upload_paths:
            return self._config.max_upload_bytes + _MULTIPART_OVERHEAD
        return self._config.max_json_bytes


class _Body:
    def __init__(self, receive: Receive, max_bytes: int, idle_seconds: float) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._idle_seconds = idle_seconds
        self._size = 0
        self._is_whole = False

    def receive_announced(self, headers: Mapping[str, str]) -> Receive:
        """A receive that refuses a body announced as too large before it reads any of it."""
        announced = headers.get("Content-Length", "")
        is_too_large = announced.isdecimal() and float(announced) > self._max_bytes
        return self._refuse if is_too_large else self.receive

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()  # waits for the client to leave
        try:
            async with asyncio.timeout(self._idle_seconds):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(
                408, "The request's body came too slowly; send it again."
            ) from error
        self._size += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._size > self._max_bytes:
            raise self._too_large()
        return message

    async def _refuse(self) -> Message:
        raise self._too_large()

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"Send at most {self._max_bytes / 1e6:.3g} MB in one request.")
