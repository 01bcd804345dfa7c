"""A server that speaks as Ollama does (https://docs.ollama.com/api), as a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

MODEL = "gemma3:4b"

Answer = Callable[["Exchange"], Awaitable[None]]


@dataclass
class Exchange:
    """One request, and the means to answer it."""

    path: str
    headers: dict[str, str]
    body: Any
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def whole(self, status: int, body: object) -> None:
        payload = json.dumps(body).encode()
        head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(payload)}\r\nConnection: close\r\n\r\n"
        self.writer.write(head.encode() + payload)
        await self.writer.drain()

    async def lines(self, *parts: object, ended: bool = True) -> None:
        """One line of JSON a part, a string as it is; without `ended` the stream stays open."""
        self.writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        )
        for part in parts:
            line = (part if isinstance(part, str) else json.dumps(part)).encode() + b"\n"
            self.writer.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        if ended:
            self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def until_the_client_leaves(self) -> None:
        await self.reader.read()


@dataclass
class OllamaStub:
    answer: Answer
    url: str = ""
    requests: list[Exchange] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)  # an answer has come to its end

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *rest = head.strip().split("\r\n")
            headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in rest)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            exchange = Exchange(
                first.split(" ")[1], headers, json.loads(body or b"null"), reader, writer
            )
            self.requests.append(exchange)
            await self.answer(exchange)
        finally:
            self.left.set()
            writer.close()


@asynccontextmanager
async def ollama_stub(answer: Answer) -> AsyncIterator[OllamaStub]:
    stub = OllamaStub(answer)
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0)
    stub.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield stub
        server.close()


def said(text: str) -> dict[str, Any]:
    """A part of a streamed answer."""
    return {
        "model": MODEL,
        "created_at": "2026-01-01T00:00:00.000000Z",
        "message": {"role": "assistant", "content": text},
        "done": False,
    }


def done(reason: str = "stop", prompt_tokens: int = 40, tokens: int = 7) -> dict[str, Any]:
    """The last part."""
    return said("") | {
        "done": True,
        "done_reason": reason,
        "total_duration": 174_560_334,
        "load_duration": 101_397_084,
        "prompt_eval_count": prompt_tokens,
        "prompt_eval_duration": 13_074_791,
        "eval_count": tokens,
        "eval_duration": 52_479_709,
    }
