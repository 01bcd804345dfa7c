"""Refuses every attempt to reach beyond this machine, and tells of it.

Hosts of real servers that the tests are told to use, by variables whose name begins with
`FALSAFA_TEST_`, are let through.
"""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

_INTERNET = (socket.AF_INET, socket.AF_INET6)
_HOSTS_OF_KEYS = {
    "FALSAFA_TEST_ANTHROPIC_API_KEY": "api.anthropic.com",
    "FALSAFA_TEST_COHERE_API_KEY": "api.cohere.com",
    "FALSAFA_TEST_JINA_API_KEY": "api.jina.ai",
    "FALSAFA_TEST_OLLAMA_API_KEY": "ollama.com",
    "FALSAFA_TEST_OPENAI_API_KEY": "api.openai.com",
}


class OutboundRefused(OSError):
    """A connection, a datagram or a look-up of a name that would leave this machine."""


@contextmanager
def outbound_refused(tell: Callable[[str], object]) -> Iterator[None]:
    """`tell` gets a line for each attempt, for whoever made it may swallow the error."""
    let_through = hosts_to_test_on(os.environ)

    def check(call: str, host: object) -> None:
        if not _stays_here(_name(host)) and _name(host) not in let_through:
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
            found = real(host, *arguments, **named)
            if _name(host) in let_through and name == "getaddrinfo":
                let_through.update(address[0] for *_, address in found)
            return found

        return guarded

    with ExitStack() as patches:
        for name in ("connect", "connect_ex", "sendto"):
            patches.enter_context(patch.object(socket.socket, name, on_socket(name)))
        for name in ("getaddrinfo", "gethostbyname"):
            patches.enter_context(patch.object(socket, name, on_look_up(name)))
        yield


def hosts_to_test_on(environment: Mapping[str, str]) -> set[str]:
    """Of every URL (or comma-separated list of such) and of every key of a vendor."""
    hosts = set()
    for name, value in environment.items():
        if name.startswith("FALSAFA_TEST_"):
            if "://" in value:
                hosts |= {urlsplit(url.strip()).hostname for url in value.split(",")}
            elif value:
                hosts.add(_HOSTS_OF_KEYS.get(name))
    return {host for host in hosts if host}


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
