"""A server over plain HTTP/1.1 that answers as a test tells it to, byte by byte if need be."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stubs.openapi import OpenApi

JSON = "application/json"
NOTHING: Mapping[str, str] = {}

Answer = Callable[["Exchange"], Awaitable[None]]


@dataclass
class Exchange:
    """One request, and the means to answer it."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int = 0
    media_type: str = JSON
    answered: bytes = b""
    is_whole: bool = False  # the answer has come to its proper end

    async def whole(self, status: int, body: object, headers: Mapping[str, str] = NOTHING) -> None:
        self.status, self.answered, self.is_whole = status, json.dumps(body).encode(), True
        length = {"Content-Length": str(len(self.answered))}
        self._head({"Content-Type": JSON, **length, **headers})
        self.writer.write(self.answered)
        await self.writer.drain()

    async def begin(self, media_type: str) -> None:
        self.status, self.media_type = 200, media_type
        self._head({"Content-Type": media_type, "Transfer-Encoding": "chunked"})
        await self.writer.drain()

    async def send(self, *pieces: bytes) -> None:
        """Each piece as a chunk of its own."""
        for piece in pieces:
            self.answered += piece
            self.writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        await self.writer.drain()

    async def end(self) -> None:
        self.is_whole = True
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def stream(self, media_type: str, *pieces: bytes, ended: bool = True) -> None:
        """Without `ended` the answer stays open, and breaks off if nothing follows."""
        await self.begin(media_type)
        await self.send(*pieces)
        if ended:
            await self.end()

    async def until_the_client_leaves(self) -> None:
        await self.reader.read()

    def problems(self, document: OpenApi) -> list[str]:
        """What of this exchange is not as the vendor publishes it."""
        found = []
        if self.status < 400:  # a request that is refused may well be wrong
            found = document.problems_of_request(self.method, self.path, self.body)
        if self.is_whole:
            found += document.problems_of_response(
                self.method, self.path, self.status, self.answered, self.media_type
            )
        return found

    def _head(self, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {self.status} x", *(f"{n}: {v}" for n, v in headers.items())]
        self.writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())


@dataclass
class Upstream:
    answer: Answer
    url: str = ""
    requests: list[Exchange] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)  # an answer has come to its end
    open_connections: int = 0
    failures: list[Exception] = field(default_factory=list)  # of the stub itself

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                exchange = await _read(reader, writer)
                self.requests.append(exchange)
                await self.answer(exchange)
        except Exception as failure:  # noqa: BLE001 (the test is told)
            self.failures.append(failure)
        finally:
            self.open_connections -= 1
            self.left.set()
            writer.close()


@asynccontextmanager
async def upstream(
    answer: Answer, *, vendor: str = "", port: int = 0, as_published: bool = True
) -> AsyncIterator[Upstream]:
    """Held at its end to the document of the vendor, if there is one; without `as_published` the
    answers are wrong on purpose, and only the requests are held to it."""
    server = Upstream(answer)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", port)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener:
        yield server
        listener.close()
    for failure in server.failures:
        raise failure
    document = OpenApi.of(vendor) if vendor else None
    if document is not None:
        for exchange in server.requests:
            exchange.is_whole = exchange.is_whole and as_published
            problems = exchange.problems(document)
            assert not problems, f"not as {vendor} publishes it: {problems}"


def serve_until_stopped(answer: Answer) -> None:
    """The stub as a program: `python -m tests.stubs.<vendor> --port N`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port

    async def serve() -> None:
        async with upstream(answer, port=port):
            await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.strip().split("\r\n")
    headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = first.split(" ")
    return Exchange(method, path, headers, json.loads(body or b"null"), reader, writer)
