"""Clients that do not send, and clients that do not read."""

import asyncio
import json
import socket

import httpx
import pytest

from adapters.inbound.http.config import HttpConfig
from domain.conversation import MessageState, Role, Session
from domain.ids import SessionId
from tests.integration.http.world import BOOK, GRADGRIND, STRANGER_USER, THEN, World

SESSION = SessionId("5a3f9e0c-2f1d-4c55-8a7b-1d2e3f4a5b6c")
CHAT = {
    "user_id": STRANGER_USER,
    "character_id": GRADGRIND,
    "book_id": BOOK,
    "session_id": SESSION,
    "user_message": "Tell me all.",
}


@pytest.fixture
def config() -> HttpConfig:
    return HttpConfig(read_idle_seconds=0.05, write_idle_seconds=0.05)


async def test_a_client_that_reads_nothing_is_given_up_and_its_turn_is_stopped(
    live: httpx.AsyncClient, world: World
) -> None:
    await world.sessions.add(
        Session(SESSION, STRANGER_USER, BOOK, THEN, THEN, character_id=GRADGRIND)
    )
    world.turn.script = ["x" * 1_000_000] * 20 + [None]
    body = json.dumps(CHAT).encode()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, (live.base_url.host, live.base_url.port))
        head = (
            "POST /character/chat HTTP/1.1\r\nHost: falsafa\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        await loop.sock_sendall(client, head.encode() + body)
        await world.turn.waiting.wait()
        async with asyncio.timeout(30):
            while SESSION in world.lock.held:
                await asyncio.sleep(0.005)
    (reply,) = [m for m in world.sessions.kept_messages.values() if m.role is Role.ASSISTANT]
    assert reply.state is MessageState.PARTIAL


async def test_a_body_that_stops_coming_is_408_and_the_connection_is_closed(
    live: httpx.AsyncClient, world: World
) -> None:
    reader, writer = await asyncio.open_connection(live.base_url.host, live.base_url.port)
    writer.write(
        b"POST /api/books HTTP/1.1\r\nHost: falsafa\r\nContent-Length: 2000\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nOnce'
    )
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code": "request_timeout"' in answer
    assert world.blobs.blobs == {}
    writer.close()
    await writer.wait_closed()


async def test_a_client_that_leaves_while_it_sends_leaves_nothing(
    live: httpx.AsyncClient, world: World
) -> None:
    _, writer = await asyncio.open_connection(live.base_url.host, live.base_url.port)
    writer.write(
        b"POST /api/books HTTP/1.1\r\nHost: falsafa\r\nContent-Length: 2000\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nOnce'
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await live.get("/health")).text == "ok"
    assert world.blobs.blobs == {}
    assert world.jobs.jobs == []
