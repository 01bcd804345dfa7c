"""Native turns, over a real socket."""

from uuid import uuid4

import httpx
import pytest

from adapters.inbound.http.config import HttpConfig
from domain.conversation import Session
from domain.errors import ModelUnavailable
from domain.ids import LOCAL_OWNER, SessionId
from tests.integration.http.sse_reader import all_events, events
from tests.integration.http.world import BOOK, GRADGRIND, STRANGER_USER, THEN, World

SESSION = SessionId("5a3f9e0c-2f1d-4c55-8a7b-1d2e3f4a5b6c")
SEND = f"/api/sessions/{SESSION}/messages"
HELLO = {"message": "What do you want?"}


@pytest.fixture(autouse=True)
async def session(world: World) -> Session:
    session = Session(SESSION, LOCAL_OWNER, BOOK, THEN, THEN, character_id=GRADGRIND)
    await world.sessions.add(session)
    return session


async def test_a_message_is_answered_with_events_that_have_ids(live: httpx.AsyncClient) -> None:
    answer = await live.post(SEND, json=HELLO)
    assert answer.status_code == 200
    told = await all_events(answer)
    assert [(name, number) for name, _, number in told] == [
        ("turn_start", "1"),
        ("text_delta", "2"),
        ("text_delta", "3"),
        ("done", "4"),
    ]
    assert told[0][1]["session_id"] == SESSION
    assert told[3][1]["finish_reason"] == "stop"


async def test_a_failing_model_is_an_error_then_done(live: httpx.AsyncClient, world: World) -> None:
    world.turn.script = [ModelUnavailable("The model cannot be reached.")]
    told = await all_events(await live.post(SEND, json=HELLO))
    assert [name for name, _, _ in told] == ["turn_start", "error", "done"]
    assert told[1][1]["status"] == 502


async def test_a_busy_session_is_429_before_the_stream(
    live: httpx.AsyncClient, world: World
) -> None:
    world.turn.script = ["Facts ", None]
    async with live.stream("POST", SEND, json=HELLO) as first:
        await anext(events(first))
        second = await live.post(SEND, json=HELLO)
        assert second.status_code == 429
        assert second.headers["content-type"] == "application/problem+json"
        assert second.json()["code"] == "session_busy"
        assert int(second.headers["retry-after"]) >= 1


async def test_a_reader_who_leaves_can_come_back_for_the_rest(
    live: httpx.AsyncClient, world: World
) -> None:
    world.turn.script = ["Facts ", None, "alone."]
    async with live.stream("POST", SEND, json=HELLO) as answer:
        stream = events(answer)
        _, begun, _ = await anext(stream)
        _, _, last_id = await anext(stream)
    assert SESSION in world.lock.held
    world.turn.go_on.set()
    path = f"/api/turns/{begun['turn_id']}/events"
    told = await all_events(await live.get(path, headers={"Last-Event-ID": str(last_id)}))
    assert [(name, number) for name, _, number in told] == [("text_delta", "3"), ("done", "4")]
    assert told[0][1] == {"text": "alone."}
    whole = await all_events(await live.get(path))
    assert [name for name, _, _ in whole] == ["turn_start", "text_delta", "text_delta", "done"]


async def test_a_turn_can_be_stopped(live: httpx.AsyncClient, world: World) -> None:
    world.turn.script = ["Facts ", None, "alone."]
    async with live.stream("POST", SEND, json=HELLO) as answer:
        stream = events(answer)
        _, begun, _ = await anext(stream)
        stopped = await live.post(f"/api/turns/{begun['turn_id']}/stop")
        assert stopped.status_code == 204
        assert SESSION not in world.lock.held
        told = [event async for event in stream]
    assert told[-1][0] == "done"
    assert told[-1][1]["finish_reason"] == "cancelled"


async def test_somebody_elses_turn_does_not_exist(live: httpx.AsyncClient) -> None:
    told = await all_events(await live.post(SEND, json=HELLO))
    path = f"/api/turns/{told[0][1]['turn_id']}"
    headers = {"X-User-Id": STRANGER_USER}
    for answer in (
        await live.get(f"{path}/events", headers=headers),
        await live.post(f"{path}/stop", headers=headers),
        await live.get(f"/api/turns/{uuid4()}/events"),
        await live.post(f"/api/turns/{uuid4()}/stop"),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "turn_not_found"


@pytest.mark.parametrize("last", ["x", "-1", "1e3", str(10**40)])
async def test_a_last_event_that_is_none_is_422(live: httpx.AsyncClient, last: str) -> None:
    answer = await live.get(f"/api/turns/{uuid4()}/events", headers={"Last-Event-ID": last})
    assert answer.status_code == 422


class TestIdempotency:
    headers = {"Idempotency-Key": "k1"}  # noqa: RUF012

    async def test_the_same_request_streams_the_same_turn(
        self, live: httpx.AsyncClient, world: World
    ) -> None:
        first = await all_events(await live.post(SEND, json=HELLO, headers=self.headers))
        again = await all_events(await live.post(SEND, json=HELLO, headers=self.headers))
        assert again == first
        assert len(world.turn.requests) == 1
        assert len(world.sessions.kept_messages) == 2

    async def test_while_the_turn_runs_too(self, live: httpx.AsyncClient, world: World) -> None:
        world.turn.script = ["Facts ", None, "alone."]
        async with live.stream("POST", SEND, json=HELLO, headers=self.headers) as first:
            stream = events(first)
            begun = [await anext(stream), await anext(stream)]
            async with live.stream("POST", SEND, json=HELLO, headers=self.headers) as second:
                again = events(second)
                assert [await anext(again), await anext(again)] == begun
                world.turn.go_on.set()
                assert [e async for e in again] == [e async for e in stream]

    async def test_another_message_is_a_conflict(self, live: httpx.AsyncClient) -> None:
        await live.post(SEND, json=HELLO, headers=self.headers)
        answer = await live.post(SEND, json={"message": "Why?"}, headers=self.headers)
        assert answer.status_code == 409
        assert answer.json()["code"] == "idempotency_conflict"

    async def test_a_request_that_made_nothing_frees_its_key(
        self, live: httpx.AsyncClient, world: World
    ) -> None:
        answer = await live.post(SEND, json={"message": "refuse"}, headers=self.headers)
        assert answer.status_code == 422
        assert world.idempotency.bound == {}

    async def test_a_turn_whose_events_are_gone_is_not_run_again(
        self, live: httpx.AsyncClient, world: World
    ) -> None:
        await live.post(SEND, json=HELLO, headers=self.headers)
        world.stream.logs.clear()
        answer = await live.post(SEND, json=HELLO, headers=self.headers)
        assert answer.status_code == 409
        assert answer.json()["code"] == "conflict"
        assert int(answer.headers["retry-after"]) >= 1
        assert len(world.turn.requests) == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"message": ""}, {"message": "x", "colour": "red"}, {"message": "x", "read_up_to": 5}],
)
async def test_a_message_that_is_none_is_422(
    live: httpx.AsyncClient, body: dict[str, object]
) -> None:
    assert (await live.post(SEND, json=body)).status_code == 422


class TestSilence:
    @pytest.fixture
    def config(self) -> HttpConfig:
        return HttpConfig(ping_seconds=0.001)

    async def test_a_silent_stream_has_comments(
        self, live: httpx.AsyncClient, world: World
    ) -> None:
        world.turn.script = [None]
        async with live.stream("POST", SEND, json=HELLO) as answer:
            lines = answer.aiter_lines()
            while await anext(lines) != ": ping":
                pass
            world.turn.go_on.set()
