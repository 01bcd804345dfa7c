import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from adapters.inbound.http.turn_events import documented_busy, documented_frames, native_frames
from domain.conversation import Citation
from domain.errors import SessionBusy
from domain.ids import MessageId, SessionId, TurnId
from domain.passage import Passage, SearchHit
from domain.span import Span
from domain.turn import (
    Cited,
    FinishReason,
    LoggedEvent,
    Retrieved,
    TextDelta,
    TurnDone,
    TurnEvent,
    TurnFailed,
    TurnStarted,
    Usage,
    UsageReported,
)

CITATION = Citation(1, Span(5, 10), "facts", chapter_index=0, chapter_title="The One Needful")
PASSAGE = Passage(3, Span(0, 12), 0, "Now, what I w")
DONE = TurnDone(
    TurnId("t"),
    FinishReason.STOP,
    MessageId("u"),
    MessageId("a"),
    citations=(CITATION,),
    usage=Usage(7, 9),
    model="extractive",
    degraded=("no vectors",),
)
TURN: list[TurnEvent] = [
    TurnStarted(TurnId("t"), SessionId("s"), MessageId("u")),
    Retrieved((SearchHit(1, PASSAGE, "The One Needful", (Span(5, 8),)),), ("no vectors",)),
    TextDelta("Facts "),
    Cited(CITATION),
    TextDelta("alone."),
    UsageReported(Usage(7, 9)),
    DONE,
]


async def logged(events: list[TurnEvent]) -> AsyncIterator[LoggedEvent]:
    for number, event in enumerate(events, start=1):
        yield LoggedEvent(number, event)


async def read(frames: AsyncGenerator[bytes, None]) -> list[tuple[str | None, str, Any]]:
    """(id, event, data) of each frame."""
    found = []
    async for sent in frames:
        lines = dict(line.split(": ", 1) for line in sent.decode().strip().split("\n"))
        found.append((lines.get("id"), lines["event"], json.loads(lines["data"])))
    return found


async def test_the_native_stream_has_every_event_with_its_id() -> None:
    frames = await read(native_frames(logged(TURN)))
    assert [(number, name) for number, name, _ in frames] == [
        ("1", "turn_start"),
        ("2", "retrieval"),
        ("3", "text_delta"),
        ("4", "citation"),
        ("5", "text_delta"),
        ("6", "usage"),
        ("7", "done"),
    ]
    data = {name: body for _, name, body in frames}
    assert data["turn_start"] == {"turn_id": "t", "session_id": "s", "user_message_id": "u"}
    assert data["retrieval"]["hits"][0]["rank"] == 1
    assert "score" not in data["retrieval"]["hits"][0]
    assert data["citation"]["exact"] == "facts"
    assert data["usage"] == {"prompt_tokens": 7, "completion_tokens": 9}
    assert data["done"]["finish_reason"] == "stop"
    assert data["done"]["citations"][0]["start"] == 5


async def test_the_documented_stream_has_three_kinds_of_event_and_no_ids() -> None:
    failed = TurnFailed("model_timed_out", "The model was too slow.")
    frames = await read(documented_frames(logged([*TURN[:-1], failed, DONE])))
    assert frames[:3] == [
        (None, "token", {"token": "Facts "}),
        (None, "token", {"token": "alone."}),
        (
            None,
            "error",
            {"error": "The model was too slow.", "code": "model_timed_out", "status": 502},
        ),
    ]
    number, name, done = frames[3]
    assert (number, name, done["done"]) == (None, "done", True)
    assert (done["user_message_id"], done["assistant_message_id"]) == ("u", "a")
    assert done["usage"] == {"prompt_tokens": 7, "completion_tokens": 9}
    assert done["degraded"] == ["no vectors"]
    assert len(frames) == 4


async def test_a_busy_session_is_an_error_in_the_stream_then_done() -> None:
    frames = await read(documented_busy(SessionBusy("Wait.", retry_after=2)))
    assert frames == [
        (
            None,
            "error",
            {"error": "Wait.", "code": "session_busy", "status": 429, "retry_after": 2},
        ),
        (None, "done", {"done": True, "finish_reason": "error"}),
    ]


async def test_a_reader_who_stops_reading_closes_the_log() -> None:
    closed = False

    async def endless() -> AsyncIterator[LoggedEvent]:
        nonlocal closed
        try:
            while True:
                yield LoggedEvent(1, TextDelta("x"))
        finally:
            closed = True

    frames = native_frames(endless())
    await anext(frames)
    await frames.aclose()
    assert closed
