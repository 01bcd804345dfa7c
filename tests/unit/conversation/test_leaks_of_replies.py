"""Turns whose reply tells of pages that its reader has not come to."""

from collections.abc import Sequence

import pytest

from adapters.outbound.memory.chat_model import ScriptedChatModel
from application.check_leaks import NOT_CHECKED, CheckLeaks
from application.reply import HELD_BACK_NOTE
from domain.errors import ModelUnavailable, StoreUnavailable
from domain.leak import HELD_BACK, Leak, LeakKind, LeakPolicy
from domain.span import Span
from domain.turn import Cited, FinishReason, TextDelta, TurnDone, TurnEvent, TurnFailed
from tests.unit.conversation.stage import SESSION, Stage
from tests.unit.conversation.story import BOOK_ID, MERE, OWNER, VERSION

LEAKY = ("I say very little. Did Gr", "ey ask me to? [1] He ", "paid me well.")
TOLD = "".join(LEAKY)
GREY = Leak(LeakKind.NAME, Span(23, 27), "Grey")


async def on_stage(
    policy: LeakPolicy = LeakPolicy.FLAG,
    script: Sequence[str | Exception] = LEAKY,
    read_up_to: str | None = "chapter:1",
) -> Stage:
    stage = Stage(model=ScriptedChatModel(script), leak_policy=policy)
    await stage.set()
    await stage.open_session.open(
        user_id=OWNER,
        book_id=BOOK_ID,
        character_id=MERE,
        read_up_to=read_up_to,
        session_id=SESSION,
    )
    return stage


def done(events: list[TurnEvent]) -> TurnDone:
    assert isinstance(events[-1], TurnDone)
    return events[-1]


def deltas(events: list[TurnEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, TextDelta)]


async def test_a_leak_is_told_at_the_end_counted_and_kept_with_the_message() -> None:
    stage = await on_stage()

    events = await stage.say("Who is it?")

    assert deltas(events) == list(LEAKY)
    assert done(events).leaks == (GREY,)
    assert done(events).degraded == ()
    assert (await stage.messages())[-1].leaks == (GREY,)
    assert stage.metrics.leaks == [(LeakKind.NAME, False)]


async def test_a_sentence_that_leaks_is_held_back_and_the_reply_says_so() -> None:
    stage = await on_stage(LeakPolicy.HOLD)

    events = await stage.say("Who is it?")

    told = f"I say very little. {HELD_BACK} He paid me well."
    assert deltas(events) == ["I say very little. ", f"{HELD_BACK} ", "He paid me well."]
    assert not [event for event in events if isinstance(event, Cited)]  # nor what it cites
    assert done(events).leaks == (Leak(LeakKind.NAME, Span(19, 22), HELD_BACK, is_held=True),)
    assert done(events).degraded == (HELD_BACK_NOTE,)
    (_, reply) = await stage.messages()
    assert (reply.content, reply.leaks) == (told, done(events).leaks)
    assert stage.metrics.leaks == [(LeakKind.NAME, True)]


async def test_a_reply_of_which_nothing_may_be_told_is_a_reply_even_so() -> None:
    stage = await on_stage(LeakPolicy.HOLD, ["It was Grey. I tell you, Grey!"])

    events = await stage.say("Who is it?")

    assert deltas(events) == [f"{HELD_BACK} "]
    assert done(events).finish_reason is FinishReason.STOP
    assert stage.metrics.leaks == [(LeakKind.NAME, True)] * 2


@pytest.mark.parametrize("policy", LeakPolicy)
async def test_what_breaks_off_is_checked_as_far_as_it_came(policy: LeakPolicy) -> None:
    stage = await on_stage(policy, ["Keep quiet. I saw Grey", ModelUnavailable("Away.")])

    events = await stage.say("Who is it?")

    text = "".join(deltas(events))
    assert text == ("Keep quiet. " if policy is LeakPolicy.HOLD else "Keep quiet. I saw Grey")
    flagged = [leak.exact for leak in done(events).leaks]
    assert flagged == (["Grey"] if policy is LeakPolicy.FLAG else [])


async def test_without_the_check_nothing_is_flagged() -> None:
    stage = await on_stage(LeakPolicy.OFF)

    assert done(await stage.say("Who is it?")).leaks == ()


async def test_to_whoever_may_know_all_nothing_is_a_leak() -> None:
    stage = await on_stage(read_up_to=None)

    assert done(await stage.say("Who is it?")).leaks == ()


async def test_the_page_of_the_turn_counts() -> None:
    stage = await on_stage()

    assert done(await stage.say("Who?", "turn-1", read_up_to="chapter:2")).leaks == ()


async def test_what_the_reader_has_said_in_the_conversation_is_no_leak() -> None:
    stage = await on_stage()

    assert done(await stage.say("Is it Grey?", "turn-1")).leaks == ()
    assert done(await stage.say("Sure?", "turn-2")).leaks == ()


async def test_where_the_book_is_away_a_reply_goes_unchecked_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = await on_stage()
    away(stage, monkeypatch)

    events = await stage.say("Who is it?")

    assert done(events).leaks == ()
    assert done(events).degraded == (NOT_CHECKED,)


async def test_where_the_book_is_away_nothing_is_told_that_should_have_been_held_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = await on_stage(LeakPolicy.HOLD)
    away(stage, monkeypatch)

    events = await stage.say("Who is it?")

    assert deltas(events) == []
    assert [e.code for e in events if isinstance(e, TurnFailed)] == ["store_unavailable"]


def away(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def whole(_: object) -> None:
        raise StoreUnavailable("The casts are away.")

    monkeypatch.setattr(stage.casts, "whole", whole)


async def test_a_books_mentions_are_found_out_once_and_again_when_its_cast_changes() -> None:
    stage = await on_stage()
    check = CheckLeaks(casts=stage.casts, texts=stage.texts)
    page = stage.story.after("ever did.")

    async def leaks(text: str) -> int:
        checked = await check.of_reply(stage.story.book, VERSION, page, ())
        checked.feed(text)
        return len(checked.leaks)

    reading = stage.texts.slice
    reads = 0

    async def counted(*asked: object) -> str:
        nonlocal reads
        reads += 1
        return await reading(*asked)  # type: ignore[arg-type]

    stage.texts.slice = counted  # type: ignore[method-assign, assignment]
    assert [await leaks("Ask Grey."), await leaks("Ask Mr. Fenn.")] == [1, 0]
    assert reads == 1

    await stage.casts.put(VERSION, stage.story.cast)
    assert await leaks("Ask Grey.") == 1
    assert reads == 2
