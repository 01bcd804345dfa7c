"""An HTTP server of a few lines on a free loopback port, for answers good and bad."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Handler = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


class LocalServer:
    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[str] = []  # head of each request

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[LocalServer]:
    """`handler` gets the path asked for and writes the whole answer."""
    connections: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            local.requests.append(head)
            await handler(head.split(" ")[1], writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has hung up, or the test is over
        finally:
            writer.close()
            connections.discard(task)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    local = LocalServer(server.sockets[0].getsockname()[1])
    try:
        yield local
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await server.wait_closed()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def giving(pages: dict[str, bytes]) -> Handler:
    """A handler that gives whole answers by path."""

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(pages.get(path, answer(b"no", status="404 Not Found")))

    return handle
