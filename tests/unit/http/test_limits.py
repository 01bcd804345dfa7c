import asyncio
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from adapters.inbound.http.config import HttpConfig
from adapters.inbound.http.middleware.limits import LimitsMiddleware, ReaderStalled
from tests.unit.http.asgi import Client, scope


class Reader:
    """An application that reads the whole body, then waits for its client to leave."""

    def __init__(self) -> None:
        self.body = b""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.body += message["body"]


async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x"})


def limited(app: Any, **changes: float) -> LimitsMiddleware:
    settings = {"read_idle_seconds": 3600, "write_idle_seconds": 3600} | changes
    config = HttpConfig(max_json_bytes=10, max_upload_bytes=20, **settings)  # type: ignore[arg-type]
    return LimitsMiddleware(app, config, frozenset({"/upload"}))


async def test_a_body_within_the_limit_is_read_and_the_client_may_stay() -> None:
    reader, client = Reader(), Client(b"12345", b"67890")
    client.leave()
    await client.call(limited(reader))
    assert reader.body == b"1234567890"


async def test_a_body_that_grows_over_the_limit_is_refused() -> None:
    with pytest.raises(HTTPException) as refused:
        await Client(b"12345", b"678901").call(limited(Reader()))
    assert refused.value.status_code == 413


@pytest.mark.parametrize("announced", ["11", "9" * 400])
async def test_a_body_announced_as_too_large_is_refused_before_any_of_it_is_read(
    announced: str,
) -> None:
    reader = Reader()
    with pytest.raises(HTTPException) as refused:
        await Client(b"1").call(limited(reader), scope(content_length=announced))
    assert refused.value.status_code == 413
    assert reader.body == b""


async def test_a_false_announcement_does_not_help() -> None:
    with pytest.raises(HTTPException) as refused:
        await Client(b"x" * 11).call(limited(Reader()), scope(content_length="1"))
    assert refused.value.status_code == 413


async def test_an_upload_may_be_larger() -> None:
    reader, client = Reader(), Client(b"x" * 1000)
    client.leave()
    await client.call(limited(reader), scope("/upload"))
    assert len(reader.body) == 1000


async def test_a_body_that_does_not_come_is_timed_out() -> None:
    with pytest.raises(HTTPException) as refused:
        await Client(b"1", ends=False).call(limited(Reader(), read_idle_seconds=0.001))
    assert refused.value.status_code == 408
    assert refused.value.headers == {"Connection": "close"}


async def test_a_client_that_reads_nothing_is_given_up() -> None:
    with pytest.raises(ReaderStalled):
        await Client(stalls=True).call(limited(answer, write_idle_seconds=0.001))


async def test_a_whole_body_is_waited_behind_for_as_long_as_the_answer_takes() -> None:
    reader, client = Reader(), Client(b"1")
    call = asyncio.create_task(client.call(limited(reader, read_idle_seconds=0.001)))
    await asyncio.sleep(0.01)
    assert not call.done()
    client.leave()
    await call
