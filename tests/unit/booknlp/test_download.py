from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from adapters.outbound.booknlp.catalogue import Artefact
from adapters.outbound.booknlp.download import Download
from domain.errors import BrokenFile, SourceUnavailable, Unavailable

CONTENT = bytes(range(256)) * 64
ARTEFACT = Artefact(
    "small.model", "https://models.example/small.model", len(CONTENT), sha256(CONTENT).hexdigest()
)

Answer = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answers.pop(0)(request)

    @property
    def ranges(self) -> list[str | None]:
        return [request.headers.get("range") for request in self.requests]


def whole(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=CONTENT)


def rest(request: httpx.Request) -> httpx.Response:
    start = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
    return httpx.Response(206, content=CONTENT[start:])


def broken_after(length: int) -> Answer:
    async def pieces() -> AsyncIterator[bytes]:
        yield CONTENT[:length]
        raise httpx.ReadError("reset by peer")

    return lambda _: httpx.Response(200, content=pieces())


def status(code: int, **headers: str) -> Answer:
    return lambda _: httpx.Response(
        code, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route", request=request)


async def attempt(server: Server, place: Path) -> list[int]:
    told: list[int] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(server)) as client:
        await Download(ARTEFACT, place, told.append).go_on(client)
    return told


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "models" / "small.model.part"


async def test_a_file_comes_whole_and_tells_how_far_it_is(place: Path) -> None:
    told = await attempt(Server(whole), place)
    assert place.read_bytes() == CONTENT
    assert told == sorted(told)
    assert told[-1] == len(CONTENT)
    Download(ARTEFACT, place, print).verify()


async def test_it_goes_on_where_it_was_broken_off(place: Path) -> None:
    server = Server(broken_after(5000), rest)
    with pytest.raises(Unavailable, match="broke off"):
        await attempt(server, place)
    await attempt(server, place)
    assert place.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=5000-"]


async def test_a_server_that_begins_anew_is_taken_at_its_word(place: Path) -> None:
    server = Server(broken_after(5000), whole)
    with pytest.raises(Unavailable):
        await attempt(server, place)
    await attempt(server, place)
    assert place.read_bytes() == CONTENT


async def test_what_is_there_already_is_not_asked_for(place: Path) -> None:
    place.parent.mkdir()
    place.write_bytes(CONTENT)
    server = Server()
    await attempt(server, place)
    assert server.requests == []


async def test_an_answer_that_ends_too_soon_may_be_asked_again(place: Path) -> None:
    with pytest.raises(Unavailable, match="ended before the file did"):
        await attempt(Server(lambda _: httpx.Response(200, content=CONTENT[:10])), place)


async def test_a_longer_file_is_another_one(place: Path) -> None:
    with pytest.raises(BrokenFile, match="not the file that was expected"):
        await attempt(Server(lambda _: httpx.Response(200, content=CONTENT + b"!")), place)


def test_a_file_of_another_digest_is_another_one(place: Path) -> None:
    place.parent.mkdir()
    place.write_bytes(CONTENT[::-1])
    with pytest.raises(BrokenFile, match="not the file that was expected"):
        Download(ARTEFACT, place, print).verify()


@pytest.mark.parametrize("answer", [status(503), status(429, retry_after="7"), unreachable])
async def test_a_server_that_is_away_or_busy_may_be_asked_again(
    place: Path, answer: Answer
) -> None:
    with pytest.raises(Unavailable) as raised:
        await attempt(Server(answer), place)
    assert raised.value.retry_after in (None, 7.0)


@pytest.mark.parametrize("code", [403, 404, 416])
async def test_a_refusal_is_final(place: Path, code: int) -> None:
    with pytest.raises(SourceUnavailable, match=rf"models\.example answered {code}"):
        await attempt(Server(status(code)), place)
