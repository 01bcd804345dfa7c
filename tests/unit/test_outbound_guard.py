import asyncio
import socket

import httpx
import pytest

from tests.outbound_guard import OutboundRefused, hosts_to_test_on, outbound_refused


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


def test_servers_to_test_on_are_named_by_their_variables() -> None:
    assert hosts_to_test_on(
        {
            "FALSAFA_TEST_QDRANT_URL": "https://qdrant.example:6333",
            "FALSAFA_TEST_TYPESENSE_NODES": "http://one.example:8108, http://two.example:8108",
            "FALSAFA_TEST_TYPESENSE_API_KEY": "a-key",
            "FALSAFA_TEST_OPENAI_API_KEY": "a-key",
            "FALSAFA_TEST_COHERE_API_KEY": "",
            "QDRANT_URL": "https://production.example",
        }
    ) == {"qdrant.example", "one.example", "two.example", "api.openai.com"}


def test_such_a_server_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FALSAFA_TEST_QDRANT_URL", "http://qdrant.example:6333")
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 6333))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    reached: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: reached.append(address))

    with outbound_refused(reached.append), socket.socket() as outbound:
        assert socket.getaddrinfo("qdrant.example", 6333) == found
        outbound.connect(("192.0.2.7", 6333))

    assert reached == [("192.0.2.7", 6333)]
