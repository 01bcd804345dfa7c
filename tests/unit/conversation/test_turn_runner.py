import asyncio
import logging

import pytest

from adapters.outbound.memory.chat_model import ScriptedChatModel
from application.chat_turn import TurnRequest
from domain.conversation import MessageState
from domain.errors import (
    IdempotencyConflict,
    SessionNotFound,
    StoreUnavailable,
    TurnNotFound,
    Unavailable,
)
from domain.ids import SessionId, TurnId
from domain.turn import FinishReason, TextDelta, TurnDone, TurnEvent
from tests.unit.conversation.stage import SESSION, Stage, request, until
from tests.unit.conversation.story import BOOK_ID, OWNER

TURN = TurnId("turn-1")


async def staged(script: list[str | Exception | asyncio.Event], max_turns: int = 8) -> Stage:
    stage = Stage(model=ScriptedChatModel(script), max_turns=max_turns)
    await stage.set()
    await open_session(stage, SESSION)
    return stage


async def open_session(stage: Stage, session_id: SessionId) -> None:
    await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, session_id=session_id)


def in_session(session_id: SessionId, turn: str) -> TurnRequest:
    return request("Hello", turn, session_id=session_id)


async def test_a_turn_runs_on_whether_or_not_anybody_listens() -> None:
    gate = asyncio.Event()
    stage = await staged(["One", gate, " two"])
    await stage.runner.start(request("Hello"))
    async for _ in stage.runner.events(TURN):
        break
    gate.set()

    await until(lambda: not stage.lock.held)

    assert [m.content for m in await stage.messages()] == ["Hello", "One two"]


async def test_a_listener_may_come_late_or_come_back() -> None:
    stage = await staged(["One", " two"])
    await stage.say("Hello")

    everything = [e async for e in stage.runner.events(TURN)]
    rest = [e async for e in stage.runner.events(TURN, after=3)]

    assert [e.number for e in everything] == list(range(1, len(everything) + 1))
    assert rest == everything[3:]


async def test_the_same_turn_sent_again_runs_once() -> None:
    gate = asyncio.Event()
    stage = await staged(["One", gate])

    first, second = await asyncio.gather(
        stage.runner.start(request("Hello")), stage.runner.start(request("Hello"))
    )
    gate.set()
    await stage.events()
    third = await stage.runner.start(request("Hello"))

    assert first == second == third == TURN
    assert len(stage.scripted.requests) == 1
    assert len(await stage.messages()) == 2


async def test_a_turn_id_of_another_conversation_is_refused() -> None:
    gate = asyncio.Event()
    stage = await staged(["One", gate])
    other = SessionId("session-2")
    await open_session(stage, other)
    await stage.runner.start(request("Hello"))

    with pytest.raises(IdempotencyConflict):
        await stage.runner.start(in_session(other, "turn-1"))
    gate.set()
    await stage.events()
    with pytest.raises(IdempotencyConflict):
        await stage.runner.start(in_session(other, "turn-1"))


async def test_what_is_refused_leaves_no_trace() -> None:
    stage = await staged(["One"])

    with pytest.raises(SessionNotFound):
        await stage.runner.start(in_session(SessionId("none"), "turn-1"))

    with pytest.raises(TurnNotFound):
        await stage.events()


async def test_no_more_turns_run_at_once_than_are_allowed() -> None:
    gate = asyncio.Event()
    stage = await staged(["One", gate], max_turns=2)
    sessions = [SessionId(f"session-{n}") for n in (1, 2, 3)]
    for session_id in sessions[1:]:
        await open_session(stage, session_id)

    started = await asyncio.gather(
        *(stage.runner.start(in_session(s, f"turn-{s}")) for s in sessions), return_exceptions=True
    )

    refused = [s for s in started if isinstance(s, Unavailable)]
    assert len(refused) == 1
    assert refused[0].retry_after
    gate.set()
    await until(lambda: len(asyncio.all_tasks()) == 1)
    await stage.runner.start(in_session(sessions[2], "turn-later"))
    assert isinstance((await stage.events("turn-later"))[-1], TurnDone)


async def test_many_conversations_go_on_at_once_without_mixing() -> None:
    stage = Stage(model=ScriptedChatModel(["One", " two"]), max_turns=50)
    await stage.set()
    sessions = [SessionId(f"session-{n}") for n in range(30)]
    for session_id in sessions:
        await open_session(stage, session_id)

    await asyncio.gather(*(stage.runner.start(in_session(s, f"turn-{s}")) for s in sessions))

    for session_id in sessions:
        events = await stage.events(f"turn-{session_id}")
        said = "".join(e.text for e in events if isinstance(e, TextDelta))
        assert said == "One two"
    assert len(stage.sessions.kept_messages) == 60


async def test_when_a_turn_is_done_its_session_takes_the_next_message_at_once() -> None:
    stage = await staged(["One"])
    await stage.runner.start(request("Hello"))
    async for logged in stage.runner.events(TURN):
        if isinstance(logged.event, TurnDone):
            await stage.runner.start(request("And then?", "turn-2"))

    assert isinstance((await stage.events("turn-2"))[-1], TurnDone)


async def test_stopping_a_turn_that_does_not_run_does_nothing() -> None:
    stage = await staged(["One"])
    await stage.say("Hello")

    await stage.runner.stop(TURN)
    await stage.runner.stop(TurnId("none"))

    assert (await stage.messages())[1].state is MessageState.COMPLETE


async def test_closing_saves_what_has_come_of_every_turn_and_takes_no_more() -> None:
    stage = await staged(["Half", asyncio.Event()])
    other = SessionId("session-2")
    await open_session(stage, other)
    await stage.runner.start(in_session(SESSION, "turn-1"))
    await stage.runner.start(in_session(other, "turn-2"))
    await until(lambda: all(len(log) == 3 for log in stage.stream.logs.values()))

    await stage.runner.aclose()

    for turn in ("turn-1", "turn-2"):
        end = (await stage.events(turn))[-1]
        assert isinstance(end, TurnDone)
        assert end.finish_reason is FinishReason.CANCELLED
    assert (await stage.messages())[1].state is MessageState.PARTIAL
    with pytest.raises(Unavailable):
        await stage.runner.start(in_session(SESSION, "turn-3"))
    await stage.runner.aclose()


async def test_a_process_that_goes_down_still_saves_what_has_come() -> None:
    stage = await staged(["Half", asyncio.Event()])
    await stage.runner.start(request("Hello"))
    await until(lambda: len(stage.stream.logs[TURN]) == 3)

    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await until(lambda: not stage.lock.held)

    assert [m.content for m in await stage.messages()] == ["Hello", "Half"]
    assert stage.scripted.was_closed


async def test_a_start_that_is_given_up_leaves_its_turn_running() -> None:
    stage = await staged(["One"])
    starting = asyncio.create_task(stage.runner.start(request("Hello")))
    await until(lambda: bool(stage.lock.held))

    starting.cancel()

    assert isinstance((await stage.events())[-1], TurnDone)


async def test_events_that_cannot_be_kept_are_logged_without_the_readers_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage = await staged(["One"])
    append = stage.stream.append

    async def fails_later(turn_id: TurnId, event: TurnEvent) -> object:
        if stage.stream.logs:
            raise StoreUnavailable("A secret of the reader")
        return await append(turn_id, event)

    monkeypatch.setattr(stage.stream, "append", fails_later)
    with caplog.at_level(logging.ERROR):
        await stage.runner.start(request("Hello"))
        await until(lambda: bool(caplog.records))

    assert "StoreUnavailable" in caplog.text
    assert "secret" not in caplog.text
    assert (await stage.messages())[0].state is MessageState.FAILED
