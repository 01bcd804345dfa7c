import socket

import pytest

from adapters.inbound.http.listening import open_listener


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
