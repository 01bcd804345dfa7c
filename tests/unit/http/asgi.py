"""A client of an ASGI application that sees every message."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

App = Callable[[Scope, Receive, Send], Awaitable[None]]


def scope(path: str = "/", method: str = "GET", **headers: str) -> dict[str, Any]:
    names = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in names.items()],
        "query_string": b"",
    }


class Client:
    """Sends the body's pieces, then stays until `leave`; takes what comes unless `stalls`."""

    def __init__(self, *body: bytes, ends: bool = True, stalls: bool = False) -> None:
        pieces: Iterable[tuple[int, bytes]] = enumerate(body or (b"",), start=1)
        last = max(len(body), 1)
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        for number, piece in pieces:
            more = number < last or not ends
            self._inbox.put_nowait({"type": "http.request", "body": piece, "more_body": more})
        self._stalls = stalls
        self.got: list[Message] = []
        self.something = asyncio.Event()

    def leave(self) -> None:
        self._inbox.put_nowait({"type": "http.disconnect"})

    async def receive(self) -> Message:
        return await self._inbox.get()

    async def send(self, message: Message) -> None:
        if self._stalls and message["type"] == "http.response.body":
            await asyncio.Event().wait()
        self.got.append(dict(message))
        if message.get("body"):
            self.something.set()

    async def call(self, app: App | ASGIApp, of: Scope | None = None) -> None:
        await app(scope() if of is None else of, self.receive, self.send)

    @property
    def status(self) -> int:
        status: int = self.got[0]["status"]
        return status

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode("latin-1") for name, value in self.got[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.got)

    @property
    def is_complete(self) -> bool:
        return bool(self.got) and self.got[-1].get("more_body") is False
