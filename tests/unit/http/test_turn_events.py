import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from adapters.inbound.http.routers.turns import EXAMPLE
from adapters.inbound.http.turn_events import documented_busy, documented_frames, native_frames
from domain.conversation import Citation, Quotation, Source, SpeakerMark
from domain.errors import SessionBusy
from domain.ids import MessageId, SessionId, TurnId
from domain.leak import Leak, LeakKind
from domain.passage import Passage, SearchHit
from domain.span import Span
from domain.turn import (
    Cited,
    FinishReason,
    LoggedEvent,
    Quoted,
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
QUOTATION = Quotation(
    "Facts alone",
    Span(0, 11),
    Source(Span(5, 10), "facts", 0, "The One Needful", parts=(Span(5, 7), Span(8, 10))),
    SpeakerMark.AGREES,
    "I",
    "Mr. Gradgrind",
)
UNVERIFIED = Quotation("Facts are dull", Span(20, 34))
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
    quotations=(QUOTATION, UNVERIFIED),
    leaks=(Leak(LeakKind.NAME, Span(3, 9), "Louisa"),),
)
TURN: list[TurnEvent] = [
    TurnStarted(TurnId("t"), SessionId("s"), MessageId("u")),
    Retrieved((SearchHit(1, PASSAGE, "The One Needful", (Span(5, 8),)),), ("no vectors",)),
    TextDelta("Facts "),
    Cited(CITATION),
    TextDelta("alone."),
    Quoted(QUOTATION),
    Quoted(UNVERIFIED),
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
        ("6", "quotation"),
        ("7", "quotation"),
        ("8", "usage"),
        ("9", "done"),
    ]
    data = {name: body for _, name, body in frames}
    assert data["turn_start"] == {
        "turn_id": "t",
        "session_id": "s",
        "user_message_id": "u",
        "read_up_to": None,
    }
    assert data["retrieval"]["hits"][0]["rank"] == 1
    assert "score" not in data["retrieval"]["hits"][0]
    assert data["citation"]["exact"] == "facts"
    assert data["usage"] == {"prompt_tokens": 7, "completion_tokens": 9}
    assert data["done"]["finish_reason"] == "stop"
    assert data["done"]["citations"][0]["start"] == 5


async def test_the_example_of_the_api_document_has_all_that_each_event_has() -> None:
    async def example() -> AsyncGenerator[bytes, None]:
        for written in EXAMPLE.strip().split("\n\n"):
            yield written.encode()

    told = {name: body for _, name, body in await read(native_frames(logged(TURN)))}
    shown = {name: body for _, name, body in await read(example())}
    told["quotation"] = quotation = (await read(native_frames(logged([Quoted(QUOTATION)]))))[0][2]
    quotation["parts"] = told["done"]["citations"] = told["done"]["quotations"] = []
    assert shapes(shown) == shapes(told)


def shapes(told: object) -> object:
    """The members of every object in it; of a list, those of the first object."""
    match told:
        case dict():
            return {name: shapes(value) for name, value in told.items()}
        case [dict() as first, *_]:
            return [shapes(first)]
        case list():
            return []
    return None


async def test_a_quotation_tells_its_place_in_the_reply_and_in_the_book() -> None:
    frames = await read(native_frames(logged([Quoted(QUOTATION), Quoted(UNVERIFIED), DONE])))
    (_, _, verified), (_, _, unverified), (_, _, done) = frames
    assert (verified["start"], verified["end"], verified["verified"]) == (0, 11, True)
    assert verified["source"]["exact"] == "facts"
    assert (verified["source"]["start"], verified["source"]["end"]) == (5, 10)
    assert verified["parts"] == [{"start": 5, "end": 7}, {"start": 8, "end": 10}]
    assert (verified["speaker"], verified["named"]) == ("agrees", "I")
    assert (unverified["verified"], unverified["source"]) == (False, None)
    assert done["quotations"] == [verified, unverified]
    assert done["leaks"] == [
        {"kind": "name", "start": 3, "end": 9, "exact": "Louisa", "held": False}
    ]


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
    assert [q["verified"] for q in done["quotations"]] == [True, False]
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
