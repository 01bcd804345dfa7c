"""Refuses every attempt to reach beyond this machine, and tells of it."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

_INTERNET = (socket.AF_INET, socket.AF_INET6)


class OutboundRefused(OSError):
    """A connection, a datagram or a look-up of a name that would leave this machine."""


@contextmanager
def outbound_refused(tell: Callable[[str], object]) -> Iterator[None]:
    """`tell` gets a line for each attempt, for whoever made it may swallow the error."""

    def check(call: str, host: object) -> None:
        if not _stays_here(_name(host)):
            attempt = f"{call} {_name(host)}"
            tell(attempt)
            raise OutboundRefused(f"{attempt}: tests reach nothing beyond this machine")

    def on_socket(name: str) -> Callable[..., Any]:
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1] if name == "sendto" else arguments[0]
            if self.family in _INTERNET:
                check(name, address[0])
            return real(self, *arguments)

        return guarded

    def on_look_up(name: str) -> Callable[..., Any]:
        real = getattr(socket, name)

        def guarded(host: object, *arguments: Any, **named: Any) -> Any:
            if _address(_name(host)) is None:  # a number is not looked up
                check(name, host)
            return real(host, *arguments, **named)

        return guarded

    with ExitStack() as patches:
        for name in ("connect", "connect_ex", "sendto"):
            patches.enter_context(patch.object(socket.socket, name, on_socket(name)))
        for name in ("getaddrinfo", "gethostbyname"):
            patches.enter_context(patch.object(socket, name, on_look_up(name)))
        yield


def _stays_here(name: str) -> bool:
    if name in ("", "localhost"):
        return True
    address = _address(name)
    return address is not None and (address.is_loopback or address.is_unspecified)


def _name(host: object) -> str:
    return host.decode() if isinstance(host, bytes) else str(host or "")


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
