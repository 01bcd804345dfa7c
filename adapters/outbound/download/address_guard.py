"""Which addresses may be asked for a book: public ones, and private storage that is named.

A server that fetches what strangers name must not become their hand inside its network (SSRF).
So each host is resolved here, all its addresses are judged, and the connection is made to an
address that was judged, never to the name: by the time of a second look-up it may say another.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from domain.errors import ForbiddenAddress, SourceUnavailable

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last four bytes
# "2130706433", "0x7f.1", "0177.0.0.1": system resolvers read these as addresses.
_LOOKS_NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL that may be asked, and the addresses at which its host was found."""

    url: httpx.URL
    host: str
    port: int
    addresses: tuple[str, ...]


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class AddressGuard:
    """`allowed` names hosts, as "host" or "host:port", that may have any address. Only they may
    be asked on a port other than 80 and 443, and only on the one that stands there."""

    def __init__(self, allowed: Iterable[str] = (), resolve: Resolver = resolve_by_system) -> None:
        self._allowed = frozenset(name.strip().lower() for name in allowed if name.strip())
        self._resolve = resolve

    async def judge(self, url: str | httpx.URL) -> Destination:
        """Raises ForbiddenAddress, and SourceUnavailable if the host is not found."""
        parsed = _parsed(url)
        host = parsed.host.lower().rstrip(".")
        port = parsed.port or _DEFAULT_PORTS[parsed.scheme]
        is_allowed = f"{host}:{port}" in self._allowed or (
            host in self._allowed and port in _DEFAULT_PORTS.values()
        )
        if not is_allowed and port not in _DEFAULT_PORTS.values():
            raise ForbiddenAddress("Books are fetched from ports 80 and 443 only.")
        addresses = await self._addresses(host, port)
        if not is_allowed and not all(map(is_public, addresses)):
            raise ForbiddenAddress(
                "This address is not public. Give a public one, or upload the file."
            )
        return Destination(parsed, host, port, addresses)

    async def _addresses(self, host: str, port: int) -> tuple[str, ...]:
        try:
            return (str(ip_address(host)),)
        except ValueError:
            if _LOOKS_NUMERIC.fullmatch(host):
                raise ForbiddenAddress("Write the host's address in its usual form.") from None
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise SourceUnavailable("The host of this address is not known.") from error
        if not found:
            raise SourceUnavailable("The host of this address is not known.")
        return tuple(dict.fromkeys(found))


def _parsed(url: str | httpx.URL) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise ForbiddenAddress("This is no address that a book can be fetched from.") from error
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.host:
        raise ForbiddenAddress("Give an address that begins with http:// or https://.")
    if parsed.userinfo:
        raise ForbiddenAddress("Give the address without a user name and password.")
    return parsed


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also where it carries another."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast
    carried = _carried(ip)
    if carried is not None:
        return all(c.is_global and not c.is_multicast for c in carried)
    return ip in _GLOBAL_UNICAST and ip.is_global and not ip.is_multicast


def _carried(ip: IPv6Address) -> tuple[IPv4Address, ...] | None:
    """The IPv4 addresses to which a packet for this one may come out of a tunnel."""
    if ip.ipv4_mapped is not None:
        return (ip.ipv4_mapped,)
    if ip.sixtofour is not None:
        return (ip.sixtofour,)
    if ip.teredo is not None:
        return ip.teredo
    if ip in _NAT64:
        return (IPv4Address(int(ip) & 0xFFFF_FFFF),)
    return None
