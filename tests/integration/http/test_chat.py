"""The documented chat route, over a real socket."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.conversation import MessageState, Role, Session
from domain.errors import ModelTimedOut
from domain.ids import SessionId
from tests.integration.http.sse_reader import all_events, events
from tests.integration.http.world import BOOK, GRADGRIND, LOUISA, STRANGER_USER, THEN, World

SESSION = SessionId("5a3f9e0c-2f1d-4c55-8a7b-1d2e3f4a5b6c")


@pytest.fixture(autouse=True)
async def session(world: World) -> Session:
    session = Session(SESSION, STRANGER_USER, BOOK, THEN, THEN, character_id=GRADGRIND)
    await world.sessions.add(session)
    return session


def body(**changes: Any) -> dict[str, Any]:
    return {
        "user_id": STRANGER_USER,
        "character_id": GRADGRIND,
        "book_id": BOOK,
        "session_id": SESSION,
        "user_message": "What do you want?",
    } | changes


async def test_the_frames_are_exactly_those_that_frontends_read(
    live: httpx.AsyncClient, world: World
) -> None:
    answer = await live.post("/character/chat", json=body())
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    first, second, last, rest = answer.text.split("\n\n")
    assert first == 'event: token\ndata: {"token": "Facts "}'
    assert second == 'event: token\ndata: {"token": "alone."}'
    assert last.startswith('event: done\ndata: {"done": true, ')
    assert rest == ""


@pytest.mark.parametrize("nothing", ["", "  ", None])
async def test_a_frontend_may_send_the_page_with_nothing_in_it(
    live: httpx.AsyncClient, world: World, nothing: str | None
) -> None:
    await all_events(await live.post("/character/chat", json=body(read_up_to=nothing)))
    assert world.turn.requests[-1].read_up_to is None


async def test_done_names_both_messages_and_they_are_saved(
    live: httpx.AsyncClient, world: World
) -> None:
    *_, (name, done, _) = await all_events(await live.post("/character/chat", json=body()))
    assert name == "done"
    saved = world.sessions.kept_messages
    assert saved[done["user_message_id"]].content == "What do you want?"
    assert saved[done["assistant_message_id"]].content == "Facts alone."
    assert done.keys() >= {"citations", "usage", "model", "degraded", "finish_reason"}


async def test_optional_fields_reach_the_turn(live: httpx.AsyncClient, world: World) -> None:
    sent = body(preferences="Be brief.", read_up_to="chapter:1", colour="red")
    await live.post("/character/chat", json=sent)
    (request,) = world.turn.requests
    assert (request.preferences, request.read_up_to) == ("Be brief.", "chapter:1")
    await live.post("/character/chat", json=body(preferences=None, read_up_to=None))
    assert (world.turn.requests[1].preferences, world.turn.requests[1].read_up_to) == ("", None)


async def test_control_characters_are_left_out(live: httpx.AsyncClient, world: World) -> None:
    await live.post("/character/chat", json=body(user_message="What\0 do\x1b you\twant?"))
    assert world.turn.requests[0].message == "What do you\twant?"


async def test_a_failing_model_is_an_error_with_status_502_then_done(
    live: httpx.AsyncClient, world: World
) -> None:
    world.turn.script = ["Facts ", ModelTimedOut("The model was too slow.")]
    told = await all_events(await live.post("/character/chat", json=body()))
    assert [name for name, _, _ in told] == ["token", "error", "done"]
    assert told[1][1] == {
        "error": "The model was too slow.",
        "code": "model_timed_out",
        "status": 502,
    }
    assert told[2][1]["finish_reason"] == "error"


async def test_a_busy_session_is_an_error_with_status_429_in_the_stream(
    live: httpx.AsyncClient, world: World
) -> None:
    world.turn.script = ["Facts ", None]
    async with live.stream("POST", "/character/chat", json=body()) as first:
        await anext(events(first))
        second = await live.post("/character/chat", json=body())
        assert second.status_code == 200
        told = await all_events(second)
        assert [name for name, _, _ in told] == ["error", "done"]
        assert (told[0][1]["status"], told[0][1]["code"]) == (429, "session_busy")
        assert told[1][1]["done"] is True


@pytest.mark.parametrize(
    "changes",
    [
        {"session_id": str(uuid4())},
        {"user_id": str(uuid4())},
        {"book_id": str(uuid4())},
        {"character_id": LOUISA},
    ],
)
async def test_a_session_that_is_not_theirs_is_404_before_the_stream(
    live: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    answer = await live.post("/character/chat", json=body(**changes))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "session_not_found"


async def test_a_deleted_session_is_404(live: httpx.AsyncClient, world: World) -> None:
    await world.sessions.delete(SESSION)
    assert (await live.post("/character/chat", json=body())).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"session_id": "x"},
        {"user_message": ""},
        {"user_message": " \n"},
        {"user_message": "\0"},
        {"user_message": None},
        {"preferences": "x" * 2001},
        {"read_up_to": "x" * 4_097},
    ],
)
async def test_a_malformed_request_is_400(live: httpx.AsyncClient, changes: dict[str, Any]) -> None:
    answer = await live.post("/character/chat", json=body(**changes))
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed_request"


@pytest.mark.parametrize("field", ["user_message", "preferences", "read_up_to", "\udc00"])
async def test_half_a_character_is_400(live: httpx.AsyncClient, field: str) -> None:
    sent = body() | {field: "\ud83d"}
    if field == "\udc00":
        del sent["user_message"]
    answer = await live.post(
        "/character/chat",
        content=json.dumps(sent),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400


async def test_what_the_turn_refuses_is_422_before_the_stream(live: httpx.AsyncClient) -> None:
    answer = await live.post("/character/chat", json=body(user_message="refuse"))
    assert answer.status_code == 422


async def test_a_client_that_leaves_stops_the_turn_frees_the_lock_and_keeps_the_partial_reply(
    live: httpx.AsyncClient, world: World
) -> None:
    world.turn.script = ["Facts ", None, "alone."]
    async with live.stream("POST", "/character/chat", json=body()) as answer:
        assert (await anext(events(answer)))[1] == {"token": "Facts "}
        await world.turn.waiting.wait()
    async with asyncio.timeout(30):
        while SESSION in world.lock.held:
            await asyncio.sleep(0.005)
    (reply,) = [m for m in world.sessions.kept_messages.values() if m.role is Role.ASSISTANT]
    assert (reply.content, reply.state) == ("Facts ", MessageState.PARTIAL)


async def test_many_clients_that_leave_leave_nothing_behind(
    live: httpx.AsyncClient, world: World
) -> None:
    world.turn.script = ["Facts ", None]
    sessions = [SessionId(str(uuid4())) for _ in range(8)]
    for session_id in sessions:
        await world.sessions.add(
            Session(session_id, STRANGER_USER, BOOK, THEN, THEN, character_id=GRADGRIND)
        )

    async def leave_early(session_id: SessionId) -> None:
        sent = body(session_id=session_id)
        async with live.stream("POST", "/character/chat", json=sent) as answer:
            await anext(events(answer))

    before = len(asyncio.all_tasks())
    await asyncio.gather(*(leave_early(session_id) for session_id in sessions))
    async with asyncio.timeout(30):
        while world.lock.held or len(asyncio.all_tasks()) > before:
            await asyncio.sleep(0.005)
    assert len(world.sessions.kept_messages) == 16
