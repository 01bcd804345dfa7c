import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.inbound.http.event_stream import EventStream, OpenStreams
from adapters.inbound.http.sse import PING
from tests.unit.http.asgi import Client, scope


class Turn:
    """Frames that come until the turn is stopped."""

    def __init__(self) -> None:
        self.stopped = False
        self.closed = False

    async def stop(self) -> None:
        await asyncio.sleep(0)  # a stop may wait
        self.stopped = True

    async def frames(self, *sent: bytes, then_wait: bool = True) -> AsyncGenerator[bytes, None]:
        try:
            for frame in sent:
                yield frame
            if then_wait:
                await asyncio.Event().wait()
        finally:
            self.closed = True


def app_scope(streams: OpenStreams) -> dict[str, Any]:
    return scope() | {"app": SimpleNamespace(state=SimpleNamespace(streams=streams))}


@pytest.fixture
def quiet() -> OpenStreams:
    return OpenStreams(ping_seconds=3600)


async def test_a_stream_is_sent_to_its_end(quiet: OpenStreams) -> None:
    turn, client = Turn(), Client()
    response = EventStream(turn.frames(b"a", b"b", then_wait=False), on_leave=turn.stop)
    await client.call(response, app_scope(quiet))
    assert client.body == b"ab"
    assert client.is_complete
    assert client.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert client.headers["cache-control"] == "no-cache"
    assert "content-length" not in client.headers
    assert not turn.stopped


async def test_a_reader_who_leaves_stops_the_turn_before_the_response_ends(
    quiet: OpenStreams,
) -> None:
    turn, client = Turn(), Client()
    response = EventStream(turn.frames(b"a"), on_leave=turn.stop)
    call = asyncio.create_task(client.call(response, app_scope(quiet)))
    await client.something.wait()
    client.leave()
    await call
    assert turn.stopped
    assert turn.closed


async def test_a_reader_who_left_before_the_first_frame_stops_the_turn(quiet: OpenStreams) -> None:
    turn, client = Turn(), Client()
    client.leave()
    await client.call(EventStream(turn.frames(), on_leave=turn.stop), app_scope(quiet))
    assert turn.stopped


async def test_a_cancelled_request_stops_the_turn(quiet: OpenStreams) -> None:
    turn, client = Turn(), Client()
    response = EventStream(turn.frames(b"a"), on_leave=turn.stop)
    call = asyncio.create_task(client.call(response, app_scope(quiet)))
    await client.something.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert turn.stopped
    assert turn.closed


async def test_a_write_that_fails_stops_the_turn_and_is_told(quiet: OpenStreams) -> None:
    turn, client = Turn(), Client()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError("broken pipe")

    response = EventStream(turn.frames(b"a"), on_leave=turn.stop)
    with pytest.raises(OSError, match="broken pipe"):
        await response(app_scope(quiet), client.receive, send)
    assert turn.stopped


async def test_a_silent_stream_is_pinged() -> None:
    turn, client = Turn(), Client()
    response = EventStream(turn.frames())
    streams = OpenStreams(ping_seconds=0)
    call = asyncio.create_task(client.call(response, app_scope(streams)))
    await client.something.wait()
    client.leave()
    await call
    assert client.body.startswith(PING)


async def test_a_stream_without_pings_sends_only_its_frames() -> None:
    turn, client = Turn(), Client()
    response = EventStream(turn.frames(b"a", then_wait=False), pings=False)
    await client.call(response, app_scope(OpenStreams(ping_seconds=0)))
    assert client.body == b"a"


async def test_an_endless_stream_ends_whole_when_the_streams_are_closed(
    quiet: OpenStreams,
) -> None:
    turn, client = Turn(), Client()
    call = asyncio.create_task(
        client.call(EventStream(turn.frames(b"a"), endless=True), app_scope(quiet))
    )
    await client.something.wait()
    quiet.close()
    await call
    assert client.is_complete
    assert turn.closed


async def test_an_endless_stream_opened_while_closing_ends_at_once(quiet: OpenStreams) -> None:
    quiet.close()
    client = Client()
    await client.call(EventStream(Turn().frames(), endless=True), app_scope(quiet))
    assert client.is_complete
