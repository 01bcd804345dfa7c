"""The socket to listen on."""

import socket

_UNACKNOWLEDGED_MS = 60_000


def open_listener(host: str, port: int) -> socket.socket:
    """Bound, and listening once a server takes it. Raises OSError.

    A connection that a client no longer reads is closed by the kernel after a minute: a server's
    own close would wait for ever for the bytes that are still to be taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, because asyncio sends at once (TCP_NODELAY) only on such a socket; else
    # a head and a body sent apart wait 40 ms for each other's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted connections inherit it
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
