"""How large a request's body may be, and how long a client may let us wait for it or for itself.

Uvicorn has no such limits: a client that reads nothing would hold its stream for ever.
"""

import asyncio

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
        body = _Body(scope, receive, self._max_bytes(scope), self._config.read_idle_seconds)

        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(self._config.write_idle_seconds):
                    await send(message)
            except TimeoutError as error:
                raise ReaderStalled from error

        await self._app(scope, body.receive, send_in_time)

    def _max_bytes(self, scope: Scope) -> int:
        if scope["path"] in self._upload_paths:
            return self._config.max_upload_bytes + _MULTIPART_OVERHEAD
        return self._config.max_json_bytes


class _Body:
    def __init__(self, scope: Scope, receive: Receive, max_bytes: int, idle_seconds: float) -> None:
        announced = Headers(scope=scope).get("Content-Length", "")
        self._is_announced_too_large = announced.isdecimal() and float(announced) > max_bytes
        self._receive = receive
        self._max_bytes = max_bytes
        self._idle_seconds = idle_seconds
        self._size = 0
        self._is_whole = False

    async def receive(self) -> Message:
        """Raises HTTPException: 413, for an announced size before any of it is read, and 408."""
        if self._is_whole:
            return await self._receive()  # waits for the client to leave
        if self._is_announced_too_large:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._idle_seconds):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(
                408,
                "The request's body came too slowly; send it again.",
                # Not so after 413: hanging up on a client that still sends takes the answer
                # from it.
                headers={"Connection": "close"},
            ) from error
        self._size += len(message.get("body", b""))
        if self._size > self._max_bytes:
            raise self._too_large()
        self._is_whole = not message.get("more_body", False)
        return message

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"Send at most {self._max_bytes / 1e6:.3g} MB in one request.")
