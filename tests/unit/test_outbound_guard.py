import asyncio
import socket

import httpx
import pytest

from tests.outbound_guard import OutboundRefused


def test_a_connection_beyond_this_machine_is_refused_and_told(
    outbound_attempts: list[str],
) -> None:
    with socket.socket() as outbound, pytest.raises(OutboundRefused):
        outbound.connect(("192.0.2.1", 80))

    assert outbound_attempts == ["connect 192.0.2.1"]
    outbound_attempts.clear()


async def test_clients_that_make_their_own_error_of_it_are_told_of_too(
    outbound_attempts: list[str],
) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://books.example/")

    assert outbound_attempts == ["getaddrinfo books.example"]
    outbound_attempts.clear()


def test_a_datagram_is_refused(outbound_attempts: list[str]) -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as outbound,
        pytest.raises(OutboundRefused),
    ):
        outbound.sendto(b"?", ("192.0.2.1", 53))

    assert outbound_attempts == ["sendto 192.0.2.1"]
    outbound_attempts.clear()


async def test_this_machine_can_be_reached() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port)
        assert await reader.read() == b""
        writer.close()
