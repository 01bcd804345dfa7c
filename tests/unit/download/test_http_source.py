from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Sequence

import httpx
import pytest

from adapters.outbound.download.http_source import HttpBookSource
from domain.errors import FileTooLarge, ForbiddenAddress, SourceUnavailable
from tests.unit.download.local_server import LocalServer, answer, giving, serving

LIMIT = 1_000_000
PUBLIC = "93.184.216.34"


def source(server: LocalServer, *, seconds: float = 20, limit: int = LIMIT) -> HttpBookSource:
    return HttpBookSource(limit, private_hosts=[server.host], seconds=seconds)


async def fetched(books: HttpBookSource, url: str) -> bytes:
    async with books.fetch(url) as file:
        return b"".join([piece async for piece in file.content])


class Recording(httpx.AsyncBaseTransport):
    """Sends nothing; keeps what would have been sent."""

    def __init__(self, *responses: httpx.Response) -> None:
        self.requests: list[httpx.Request] = []
        self._responses = list(responses)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._responses.pop(0)


async def test_a_file_is_streamed_with_its_name_and_type() -> None:
    given = answer(
        b"words", "Content-Type: text/plain; charset=utf-8",
        "Content-Disposition: attachment; filename=\"..\\\\../etc/book.txt\"",
    )  # fmt: skip
    async with (
        serving(giving({"/x?y=1": given})) as server,
        source(server).fetch(f"{server.url}/x?y=1") as file,
    ):
        assert [piece async for piece in file.content] == [b"words"]
    assert (file.file_name, file.media_type) == ("book.txt", "text/plain")
    assert "accept-encoding: identity" in server.requests[0].lower()
    assert f"host: {server.host}" in server.requests[0].lower()


async def test_without_a_name_the_address_gives_one() -> None:
    async with (
        serving(giving({"/a/Hard%20Times.epub": answer(b"x")})) as server,
        source(server).fetch(f"{server.url}/a/Hard%20Times.epub") as file,
    ):
        assert file.file_name == "Hard Times.epub"


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 None", "206 Part"])
async def test_any_answer_but_a_file_is_told(status: str) -> None:
    async with serving(giving({"/": answer(b"", status=status)})) as server:
        with pytest.raises(SourceUnavailable, match=status[:3]):
            await fetched(source(server), server.url)


async def test_redirects_are_followed_some_way_and_no_further() -> None:
    pages = {f"/{n}": answer(b"", f"Location: /{n - 1}", status="302 Found") for n in range(1, 7)}
    async with serving(giving({**pages, "/0": answer(b"words")})) as server:
        assert await fetched(source(server), f"{server.url}/5") == b"words"
        with pytest.raises(SourceUnavailable, match="without end"):
            await fetched(source(server), f"{server.url}/6")


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/", "file:///etc/passwd", "gopher://x/", "http://user@127.0.0.1/", "//0/",
        "http://2130706433/",
    ],
)  # fmt: skip
async def test_a_redirect_to_what_is_forbidden_is_refused(location: str) -> None:
    page = answer(b"", f"Location: {location}", status="302 Found")
    async with serving(giving({"/": page})) as server:
        with pytest.raises(ForbiddenAddress):
            await fetched(source(server), server.url)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://0/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/",
        "http://metadata.google.internal/", "http://[::ffff:127.0.0.1]/", "http://x.example:6379/",
        "http://user@x.example/", "file:///etc/passwd",
    ],
)  # fmt: skip
async def test_nothing_is_sent_to_a_forbidden_address(url: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["169.254.169.254"]

    transport = Recording()
    books = HttpBookSource(LIMIT, resolve=resolve, transport=transport)
    with pytest.raises(ForbiddenAddress):
        await fetched(books, url)
    assert transport.requests == []


async def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]  # a name that changes between two look-ups

    async def resolve(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    transport = Recording(httpx.Response(200, stream=httpx.ByteStream(b"words")))
    books = HttpBookSource(LIMIT, resolve=resolve, transport=transport)
    assert await fetched(books, "https://rebind.example/book.epub") == b"words"
    [request] = transport.requests
    assert request.url.host == PUBLIC
    assert request.headers["host"] == "rebind.example"
    assert request.extensions["sni_hostname"] == "rebind.example"
    assert answers == [["127.0.0.1"]]  # asked once


async def test_each_hop_is_resolved_anew() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return {"public.example": [PUBLIC], "private.example": ["192.168.1.1"]}[host]

    redirect = httpx.Response(302, headers={"Location": "http://private.example/"})
    transport = Recording(redirect)
    books = HttpBookSource(LIMIT, resolve=resolve, transport=transport)
    with pytest.raises(ForbiddenAddress):
        await fetched(books, "http://public.example/")
    assert [r.url.host for r in transport.requests] == [PUBLIC]


async def test_the_next_address_of_a_host_is_tried() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with serving(giving({"/": answer(b"words")})) as server:
        name = f"storage.internal:{server.port}"
        books = HttpBookSource(LIMIT, private_hosts=[name], resolve=resolve)
        assert await fetched(books, f"http://{name}/") == b"words"


async def test_a_server_that_cannot_be_reached_is_told() -> None:
    async with serving(giving({})) as server:
        pass
    with pytest.raises(SourceUnavailable, match="reached"):
        await fetched(source(server), server.url)


async def test_a_file_that_says_it_is_too_large_is_not_read() -> None:
    async def lie(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")

    async with serving(lie) as server:
        with pytest.raises(FileTooLarge):
            async with source(server).fetch(server.url):
                pytest.fail("the body must not be offered")


async def test_a_body_without_end_is_cut_at_the_limit() -> None:
    async def endless(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with serving(endless) as server:
        with pytest.raises(FileTooLarge):
            await fetched(source(server), server.url)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_packed_answer_counts_by_what_it_unpacks_to(encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    header = f"Content-Encoding: {encoding}"
    pages = {
        "/book": answer(pack(b"words"), header),
        "/bomb": answer(pack(b"\0" * 20_000_000), header),
    }
    async with serving(giving(pages)) as server:
        assert await fetched(source(server), f"{server.url}/book") == b"words"
        with pytest.raises(FileTooLarge):
            await fetched(source(server), f"{server.url}/bomb")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"not gzip", "gzip"), (gzip.compress(b"words")[:-6], "gzip"), (b"words", "br")],
)
async def test_a_broken_encoding_is_told(body: bytes, encoding: str) -> None:
    page = answer(body, f"Content-Encoding: {encoding}")
    async with serving(giving({"/": page})) as server:
        with pytest.raises(SourceUnavailable):
            await fetched(source(server), server.url)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\nslow"])
async def test_a_server_that_takes_its_time_is_given_up(head: bytes) -> None:
    async def stall(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        await asyncio.Event().wait()

    async with serving(stall) as server:
        with pytest.raises(SourceUnavailable, match=r"within 0\.2 seconds"):
            await fetched(source(server, seconds=0.2), server.url)


@pytest.mark.parametrize(
    "raw",
    [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", b""],
)
async def test_a_server_that_breaks_off_is_told(raw: bytes) -> None:
    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    async with serving(handle) as server:
        with pytest.raises(SourceUnavailable):
            await fetched(source(server), server.url)


async def test_proxies_of_the_environment_are_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving(giving({"/": answer(b"words")})) as server:
        assert await fetched(source(server), server.url) == b"words"
