import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.outbound.memory.turn_stream import MemoryTurnStream
from adapters.outbound.redis import turn_stream as redis_stream
from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.turn_stream import RedisTurnStream
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.turn_stream import KEPT, SILENCE, SqliteTurnStream
from application.ports.turn_stream import TurnStream
from domain.conversation import Citation, Quotation, Source, SpeakerMark
from domain.epub_locator import EpubLocator
from domain.errors import StaleWrite, TurnNotFound
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
from tests.contract.fake_clock import FakeClock
from tests.contract.redis_clock import RedisClock

TURN, OTHER_TURN = TurnId("turn"), TurnId("other turn")
PATIENCE = 10.0  # seconds until a test that hangs fails

EPUB = EpubLocator(
    cfi="epubcfi(/6/14!/4/2/10,/3:23,/3:33)",
    epubjs_cfi="epubcfi(/6/14!/4/2/10,/1:23,/1:33)",
    href="epub/text/chapter-1.xhtml",
    partial_cfi="/4/2/10/1:23",
    css_selector=":root > :nth-child(2)",
    progression=0.25,
    total_progression=0.1,
    position=1,
)
SOURCE = Source(
    Span(10, 20), "the facts,", 2, "“Sowing”", "before ", " after", (Span(10, 13),), EPUB
)
CITATION = Citation(1, Span(10, 20), "the facts,", 2, "“Sowing”", "before ", " after", EPUB)
QUOTATION = Quotation("the facts", Span(4, 13), SOURCE, SpeakerMark.DIFFERS, "Tom", "Sissy Jupe")
LEAK = Leak(LeakKind.NAME, Span(3, 9), "Louisa", is_held=False)
UNVERIFIED = Quotation("no facts at all", Span(40, 55), named="Tom")
HIT = SearchHit(1, Passage(7, Span(0, 30), 2, "text", "context"), "Sowing", (Span(3, 5),), EPUB)
STARTED = TurnStarted(TURN, SessionId("session"), MessageId("question"), 1200)
DONE = TurnDone(
    TURN,
    FinishReason.STOP,
    MessageId("question"),
    MessageId("answer"),
    (CITATION,),
    Usage(100, 20),
    "extractive",
    ("Searched by words alone.",),
    (QUOTATION, UNVERIFIED),
    (LEAK,),
)
EVENTS: tuple[TurnEvent, ...] = (
    STARTED,
    Retrieved((HIT,), ("Searched by words alone.",)),
    TextDelta("“Facts,”\n"),
    TextDelta(" \U0001f642"),
    Cited(CITATION),
    Quoted(QUOTATION),
    Quoted(UNVERIFIED),
    UsageReported(Usage(100, 20)),
    TurnFailed("model_timed_out", "The model did not answer.", 2.5),
    DONE,
)


def numbered(events: tuple[TurnEvent, ...], start: int = 1) -> list[LoggedEvent]:
    return [LoggedEvent(number, event) for number, event in enumerate(events, start)]


async def log(stream: TurnStream, *events: TurnEvent) -> None:
    for event in events:
        await stream.append(TURN, event)


async def everything(reading: AsyncIterator[LoggedEvent]) -> list[LoggedEvent]:
    async with asyncio.timeout(PATIENCE):
        return [event async for event in reading]


class TurnStreamContract:
    @pytest.fixture
    def stream(self) -> TurnStream:
        raise NotImplementedError

    async def test_events_are_numbered_from_one(self, stream: TurnStream) -> None:
        logged = [await stream.append(TURN, event) for event in EVENTS]
        assert logged == numbered(EVENTS)

    async def test_a_finished_turn_is_read_as_it_was_logged(self, stream: TurnStream) -> None:
        await log(stream, *EVENTS)
        assert await everything(stream.read(TURN)) == numbered(EVENTS)

    @pytest.mark.parametrize("after", range(len(EVENTS) + 2))
    async def test_a_stream_is_resumed_after_an_event(self, stream: TurnStream, after: int) -> None:
        await log(stream, *EVENTS)
        rest = await everything(stream.read(TURN, after))
        assert rest == numbered(EVENTS)[after:]

    async def test_an_unknown_turn_is_not_found(self, stream: TurnStream) -> None:
        with pytest.raises(TurnNotFound):
            await everything(stream.read(TURN))

    async def test_a_reader_waits_for_what_is_to_come(self, stream: TurnStream) -> None:
        await log(stream, STARTED)
        reading = asyncio.create_task(everything(stream.read(TURN)))
        for event in (TextDelta("a"), TextDelta("b"), DONE):
            await asyncio.sleep(0)
            await stream.append(TURN, event)
        assert await reading == numbered((STARTED, TextDelta("a"), TextDelta("b"), DONE))

    async def test_a_reader_ahead_of_the_log_waits_for_its_place(self, stream: TurnStream) -> None:
        await log(stream, STARTED)
        reading = asyncio.create_task(everything(stream.read(TURN, after=2)))
        await asyncio.sleep(0)
        await log(stream, TextDelta("a"), DONE)
        assert await reading == [LoggedEvent(3, DONE)]

    async def test_many_read_the_same_turn(self, stream: TurnStream) -> None:
        await log(stream, *EVENTS[:4])
        readers = [asyncio.create_task(everything(stream.read(TURN, n % 3))) for n in range(12)]
        await asyncio.sleep(0)
        await log(stream, *EVENTS[4:])
        for n, reader in enumerate(readers):
            assert await reader == numbered(EVENTS)[n % 3 :]

    async def test_a_reader_that_leaves_disturbs_nobody(self, stream: TurnStream) -> None:
        await log(stream, STARTED)
        leaving = asyncio.create_task(everything(stream.read(TURN)))
        staying = asyncio.create_task(everything(stream.read(TURN)))
        await asyncio.sleep(0)
        leaving.cancel()
        await log(stream, DONE)
        assert await staying == numbered((STARTED, DONE))

    async def test_after_the_last_event_nothing_is_taken(self, stream: TurnStream) -> None:
        await log(stream, STARTED, DONE)
        with pytest.raises(StaleWrite):
            await stream.append(TURN, TextDelta("late"))
        assert await everything(stream.read(TURN)) == numbered((STARTED, DONE))

    async def test_turns_do_not_mix(self, stream: TurnStream) -> None:
        await log(stream, STARTED)
        await stream.append(OTHER_TURN, DONE)
        await log(stream, DONE)
        assert await everything(stream.read(OTHER_TURN)) == numbered((DONE,))
        assert await everything(stream.read(TURN)) == numbered((STARTED, DONE))


class DurableTurnStreamContract(TurnStreamContract):
    """Of streams that outlive their process; `elsewhere` is the stream in another process."""

    @pytest.fixture
    def elsewhere(self) -> TurnStream:
        raise NotImplementedError

    async def test_another_process_reads_the_turn_while_it_runs(
        self, stream: TurnStream, elsewhere: TurnStream
    ) -> None:
        await log(stream, STARTED)
        reading = asyncio.create_task(everything(elsewhere.read(TURN)))
        await asyncio.sleep(0)
        await log(stream, TextDelta("a"), DONE)
        assert await reading == numbered((STARTED, TextDelta("a"), DONE))

    async def test_a_killed_process_loses_no_event(
        self, stream: TurnStream, elsewhere: TurnStream
    ) -> None:
        await log(stream, *EVENTS)
        assert await everything(elsewhere.read(TURN)) == numbered(EVENTS)

    async def test_a_turn_whose_process_died_does_not_hang_its_readers(
        self, stream: TurnStream, clock: FakeClock
    ) -> None:
        await log(stream, STARTED)
        await clock.advance(SILENCE + 1)
        reading = stream.read(TURN)
        assert await anext(reading) == LoggedEvent(1, STARTED)
        with pytest.raises(TurnNotFound):
            await anext(reading)

    async def test_old_turns_are_dropped_when_a_new_one_starts(
        self, stream: TurnStream, clock: FakeClock
    ) -> None:
        await log(stream, STARTED, DONE)
        await clock.advance(KEPT + 1)
        await stream.append(OTHER_TURN, STARTED)
        with pytest.raises(TurnNotFound):
            await everything(stream.read(TURN))


class TestMemoryTurnStream(TurnStreamContract):
    @pytest.fixture
    def stream(self) -> TurnStream:
        return MemoryTurnStream()


class TestSqliteTurnStream(DurableTurnStreamContract):
    @pytest.fixture
    def stream(self, database: Database, clock: FakeClock) -> TurnStream:
        return SqliteTurnStream(database, clock=clock)

    @pytest.fixture
    def elsewhere(self, second_database: Database, clock: FakeClock) -> TurnStream:
        return SqliteTurnStream(second_database, clock=clock)


class TestRedisTurnStream(DurableTurnStreamContract):
    @pytest.fixture
    def clock(self, redis: RedisClient) -> FakeClock:
        assert (redis_stream.KEPT, redis_stream.SILENCE) == (KEPT, SILENCE)
        return RedisClock(redis)

    @pytest.fixture
    def stream(self, redis: RedisClient) -> TurnStream:
        return RedisTurnStream(redis)

    @pytest.fixture
    def elsewhere(self, second_redis: RedisClient) -> TurnStream:
        return RedisTurnStream(second_redis)

    async def test_hundreds_of_readers_share_a_few_connections(
        self, stream: TurnStream, redis: RedisClient
    ) -> None:
        await log(stream, STARTED)
        readers = [asyncio.create_task(everything(stream.read(TURN))) for _ in range(300)]
        await asyncio.sleep(0)
        await log(stream, TextDelta("a"), DONE)
        for reader in readers:
            assert await reader == numbered((STARTED, TextDelta("a"), DONE))
        connected = (await redis.command("INFO", "clients"))["connected_clients"]
        assert connected <= 70
