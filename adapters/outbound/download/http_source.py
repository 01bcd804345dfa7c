"""The BookSource over HTTP: every hop judged, the connection pinned, time and size limited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterable
from contextlib import aclosing, asynccontextmanager
from email.message import Message
from pathlib import PurePosixPath
from typing import TypeVar
from urllib.parse import unquote

import httpx

from adapters.outbound.download.address_guard import (
    AddressGuard,
    Destination,
    Resolver,
    resolve_by_system,
)
from adapters.outbound.download.decoding import decoded
from application.ports.book_source import FetchedFile
from domain.errors import FileTooLarge, SourceUnavailable

T = TypeVar("T")

_MAX_REDIRECTS = 5
_MAX_ADDRESSES = 3  # of one host, tried one after the other
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 30.0
_LONGEST_NAME = 200
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "falsafa"}


class HttpBookSource:
    """`private_hosts`: "host" or "host:port", that may be fetched from at any address."""

    def __init__(
        self,
        max_bytes: int,
        *,
        private_hosts: Iterable[str] = (),
        seconds: float = 120.0,
        resolve: Resolver = resolve_by_system,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._guard = AddressGuard(private_hosts, resolve)
        self._seconds = seconds
        self._transport = transport

    @asynccontextmanager
    async def fetch(self, url: str) -> AsyncIterator[FetchedFile]:
        clock = _Clock(self._seconds)
        timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
        async with httpx.AsyncClient(
            trust_env=False, timeout=timeout, transport=self._transport
        ) as client:
            response = await self._follow(client, url, clock)
            try:
                yield FetchedFile(
                    content=self._content(response, clock),
                    file_name=_file_name(response),
                    media_type=response.headers.get("content-type", "").partition(";")[0].strip(),
                )
            finally:
                await response.aclose()

    async def _follow(self, client: httpx.AsyncClient, url: str, clock: _Clock) -> httpx.Response:
        """The answer at the end of the redirects, each of them judged anew."""
        target: str | httpx.URL = url
        for _ in range(_MAX_REDIRECTS + 1):
            destination = await clock.within(self._guard.judge(target))
            response = await self._ask(client, destination, clock)
            if not response.has_redirect_location:
                return await self._accepted(response)
            await response.aclose()
            try:
                target = destination.url.join(response.headers["location"])
            except httpx.InvalidURL as error:
                raise SourceUnavailable("The server leads on to no valid address.") from error
        raise SourceUnavailable("The server leads from one address to another without end.")

    async def _ask(
        self, client: httpx.AsyncClient, destination: Destination, clock: _Clock
    ) -> httpx.Response:
        """Asks the judged addresses in turn, under the host's own name."""
        error: SourceUnavailable | None = None
        for address in destination.addresses[:_MAX_ADDRESSES]:
            request = client.build_request(
                "GET",
                destination.url.copy_with(host=address),
                headers={**_HEADERS, "Host": destination.url.netloc.decode("ascii")},
                extensions={"sni_hostname": destination.host},
            )
            try:
                return await clock.within(client.send(request, stream=True))
            except httpx.ConnectError as refused:
                error = SourceUnavailable("The server of this address cannot be reached.")
                error.__cause__ = refused
        assert error is not None, "a destination has an address"
        raise error

    async def _accepted(self, response: httpx.Response) -> httpx.Response:
        if response.status_code != httpx.codes.OK:
            await response.aclose()
            raise SourceUnavailable(
                f"The server answered {response.status_code} in place of a file."
            )
        length = response.headers.get("content-length", "")
        if length.isdigit() and int(length) > self._max_bytes:
            await response.aclose()
            raise self._too_large()
        return response

    async def _content(self, response: httpx.Response, clock: _Clock) -> AsyncIterator[bytes]:
        size = 0
        encoding = response.headers.get("content-encoding", "").strip().lower()
        async with (
            aclosing(clock.paced(response)) as packed,
            aclosing(decoded(packed, encoding)) as pieces,
        ):
            async for piece in pieces:
                size += len(piece)
                if size > self._max_bytes:
                    raise self._too_large()
                yield piece

    def _too_large(self) -> FileTooLarge:
        return FileTooLarge(f"The file is larger than {self._max_bytes / 1_000_000:g} MB.")


class _Clock:
    """The time that is left for a whole fetch, its redirects and its body."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = asyncio.get_running_loop().time() + seconds

    async def within(self, work: Awaitable[T]) -> T:
        """Raises SourceUnavailable if time runs out, or for what goes wrong on the way."""
        try:
            async with asyncio.timeout_at(self._end):
                return await work
        except TimeoutError as error:
            raise SourceUnavailable(
                f"The file did not arrive within {self._seconds:g} seconds."
            ) from error
        except httpx.ConnectError:
            raise
        except httpx.HTTPError as error:
            raise SourceUnavailable("The server broke off or did not keep to HTTP.") from error

    async def paced(self, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        """The body as it comes over the wire."""
        content = response.aiter_raw()
        while True:
            try:
                piece = await self.within(anext(content))
            except StopAsyncIteration:
                return
            yield piece


def _file_name(response: httpx.Response) -> str:
    """By the server's word, else by the address; never a path."""
    message = Message()
    message["Content-Disposition"] = response.headers.get("content-disposition", "")
    name = message.get_filename() or unquote(response.url.path)
    name = PurePosixPath(name.replace("\\", "/")).name
    return "".join(filter(str.isprintable, name))[-_LONGEST_NAME:]
