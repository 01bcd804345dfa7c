import asyncio
import socket

import pytest

from adapters.inbound.http.listening import open_listener

NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux has it")
def test_a_connection_that_nobody_reads_is_ended_by_the_kernel() -> None:
    with open_listener("127.0.0.1", 0) as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000


def test_a_port_that_is_taken_is_told() -> None:
    with open_listener("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(OSError, match="in use"):
            open_listener("127.0.0.1", first.getsockname()[1])


async def test_a_head_and_a_body_sent_apart_do_not_wait_for_each_other() -> None:
    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.set_result(writer.get_extra_info("socket").getsockopt(*NO_DELAY))
        writer.close()

    seen: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    with open_listener("127.0.0.1", 0) as listener:
        async with await asyncio.start_server(look, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await seen
            writer.close()
