import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.llm.extractive import ExtractiveChatModel
from adapters.outbound.llm.extractive_reply import (
    ALSO_TOLD,
    LONGEST,
    NO_WORDS,
    NOTE,
    ONLY_TOLD,
    UNCERTAIN,
    compose_reply,
)
from application.ports.chat_model import ChatRequest, Evidence, ModelText, OwnLine
from domain.citation import CitationReader
from domain.conversation import Message, Role
from domain.ids import CharacterId, MessageId, SessionId, TurnId
from domain.passage import Passage, SearchHit
from domain.span import Span
from domain.turn import TextDelta, TurnDone
from tests.unit.conversation.stage import Stage
from tests.unit.conversation.story import BOOK_ID, MERE, NOON, OWNER, the_story

STORY = the_story()


def evidence_with(*words: str, who: CharacterId | None = MERE) -> list[Evidence]:
    """The passages that hold these words, in this order."""
    found = [next(p for p in STORY.passages if w in p.text) for w in words]
    own = [q.span for q in STORY.cast.quotes if q.speaker_id == who]
    return [
        Evidence(
            number,
            passage,
            "Chapter",
            tuple(OwnLine(s.of(STORY.text), s) for s in own if passage.span.contains(s)),
        )
        for number, passage in enumerate(found, start=1)
    ]


def asked(message: str, evidence: list[Evidence], name: str | None = "Mrs. Mere") -> ChatRequest:
    return ChatRequest("", (), message, evidence=evidence, character_name=name)


def message(role: Role, content: str) -> Message:
    return Message(MessageId("m"), SessionId("s"), TurnId("t"), role, content, NOON)


def test_a_character_answers_with_the_line_that_fits_and_says_where_it_stands() -> None:
    evidence = evidence_with("wrote the depth", "A bridge will drown")

    reply = compose_reply(asked("What will a bridge do?", evidence))

    assert reply.startswith("“A bridge! A bridge will drown more men")
    assert "Mark the ropes, Mr. Fenn.” [2]" in reply


def test_what_the_narration_tells_stands_beside_the_characters_own_line() -> None:
    evidence = evidence_with("fear from a bridge", "nothing that floats", "broad woman")

    reply = compose_reply(asked("Does the ferry woman fear what floats?", evidence))

    assert reply.startswith("“I fear nothing that floats.” [2]")
    assert f"{ALSO_TOLD} “Mrs. Mere was a broad woman" in reply


def test_where_only_the_narration_fits_the_character_says_so() -> None:
    reply = compose_reply(asked("Who had tar on her sleeves?", evidence_with("broad woman")))

    assert reply.startswith(f"{ONLY_TOLD}\n“Mrs. Mere was a broad woman")
    assert "[1]" in reply


def test_the_book_itself_answers_with_its_best_sentences() -> None:
    evidence = evidence_with("broad woman", "wrote the depth", "debts of the mill", who=None)

    reply = compose_reply(asked("What is in the green book?", evidence, name=None))

    assert "“Mr. Fenn wrote the depth of the river in a green book" in reply
    assert "green book held the debts of the mill.” [3]" in reply
    assert "tar on her sleeves" not in reply
    assert ONLY_TOLD not in reply


def test_what_asks_itself_or_says_the_question_again_comes_after_what_tells_something() -> None:
    text = (
        "Was the ferry woman tall? The ferry woman, tall! The ferry woman was as tall as a mast,"
        " and broad as her boat."
    )
    passage = Passage(0, Span(0, len(text)), 0, text)

    reply = compose_reply(asked("Was the ferry woman tall?", [Evidence(1, passage, "")], name=None))

    assert reply.startswith("“The ferry woman was as tall as a mast")


def test_the_narration_is_left_out_where_it_fits_much_less_than_the_characters_line() -> None:
    evidence = evidence_with("nothing that floats", "wrote the depth")

    reply = compose_reply(asked("Do you fear nothing that floats on a river?", evidence))

    assert reply.startswith("“I fear nothing that floats.” [1]")
    assert ALSO_TOLD not in reply


def test_where_no_word_fits_the_nearest_passage_is_offered_as_no_more_than_that() -> None:
    reply = compose_reply(asked("Do zebras dance?", evidence_with("thin young man")))

    assert reply.startswith(UNCERTAIN)
    assert "[1]" in reply


def test_where_nothing_was_found_it_says_so() -> None:
    assert compose_reply(asked("Do zebras dance?", [])) == f"{NO_WORDS}\n\n{NOTE}"


def test_a_greeting_is_met_with_a_telling_line() -> None:
    line = OwnLine("Ropes before weather, I always say.", STORY.cast.quotes[0].span)
    request = replace(asked("Good evening!", []), own_lines=(line,))

    assert compose_reply(request).startswith("“Ropes before weather, I always say.”\n")


def test_the_reader_is_told_once_that_there_is_no_language_model() -> None:
    first = asked("What will a bridge do?", evidence_with("A bridge will drown"))
    later = replace(first, history=(message(Role.USER, "Hello"), message(Role.ASSISTANT, "Good")))

    assert compose_reply(first).endswith(NOTE)
    assert NOTE not in compose_reply(later)


def test_a_follow_up_is_understood_from_the_question_before_it() -> None:
    history = (message(Role.USER, "What will a bridge do?"), message(Role.ASSISTANT, "Drown."))
    evidence = evidence_with("wrote the depth", "A bridge will drown")

    reply = compose_reply(replace(asked("And why?", evidence), history=history))

    assert "A bridge will drown more men" in reply


def test_what_was_quoted_before_gives_way_to_what_was_not() -> None:
    texts = [
        f"I carry nets to the {place} before winter comes." for place in ("mill", "inn", "sea")
    ]
    lines = [OwnLine(text, Span(50 * n, 50 * n + len(text))) for n, text in enumerate(texts)]
    request = replace(asked("What of nets?", []), own_lines=lines)

    first = compose_reply(request)
    history = (message(Role.USER, "What of nets?"), message(Role.ASSISTANT, first))
    second = compose_reply(replace(request, history=history))

    assert [text in first for text in texts] == [True, True, False]
    assert second == f"“{texts[2]}”"


def test_long_lines_are_cut_between_sentences_with_the_ellipsis_outside_the_marks() -> None:
    sentence = "The ropes were long and the river was longer still that year. "
    text = sentence * 6 + "The otter kept its counsel. " + sentence * 6
    span = Span(0, len(text))
    evidence = Evidence(
        1, replace(STORY.passages[0], span=span, text=text), "", (OwnLine(text, span),)
    )
    reply = compose_reply(asked("And the otter?", [evidence]))

    (quoted,) = re.findall(r"… “(.*)” … \[1\]", reply)
    assert len(quoted) <= LONGEST
    assert "The otter kept its counsel." in quoted
    assert quoted in text
    assert quoted.endswith(".")


@pytest.mark.parametrize("text", ["word " * 200, "x" * 500])
def test_one_endless_sentence_is_cut_all_the_same(text: str) -> None:
    passage = replace(STORY.passages[0], text=text)
    reply = compose_reply(asked(text.split()[0], [Evidence(1, passage, "")], name=None))

    (quoted,) = re.findall(r"“(.*)”", reply)
    assert 0 < len(quoted) <= LONGEST
    assert quoted in text


async def test_the_same_request_streams_the_same_words_one_at_a_time() -> None:
    request = asked("What will a bridge do?", evidence_with("A bridge will drown"))

    runs = [
        [o.text async for o in ExtractiveChatModel().stream(request) if isinstance(o, ModelText)]
        for _ in range(2)
    ]

    assert runs[0] == runs[1]
    assert "".join(runs[0]) == compose_reply(request)
    assert all(len(delta.split()) == 1 for delta in runs[0])


@given(
    st.sampled_from(["ropes", "the lamp", "a bridge", "mill and owls", "zebra", "fear", "Hello"]),
    st.lists(st.sampled_from(STORY.passages), max_size=5, unique=True),
    st.booleans(),
)
def test_every_quotation_is_verified_against_the_passage_that_it_names(
    question: str, passages: list[Passage], in_character: bool
) -> None:
    chosen = [p for p in STORY.passages if p in passages]
    evidence = evidence_with(*(p.text for p in chosen), who=MERE if in_character else None)
    hits = [SearchHit(e.number, e.passage, "") for e in evidence]

    reply = compose_reply(asked(question, evidence, "Mrs. Mere" if in_character else None))

    citations = CitationReader(hits).feed(reply)
    quoted = re.findall(r"(?:“([^”]*)”|‘(.*?)’)(?: …)? \[(\d)\]", reply)
    assert len(citations) == len({*quoted})
    for curly, single, number in quoted:
        assert " ".join((curly or single).split()) in " ".join(
            hits[int(number) - 1].passage.text.split()
        )
    for citation in citations:
        assert citation.span.of(STORY.text) == citation.exact


async def test_a_whole_turn_on_the_extractive_model() -> None:
    stage = Stage(model=ExtractiveChatModel())
    await stage.set()
    session = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, character_id=MERE)

    events = await stage.say("What do you always say of ropes?", session_id=session.id)

    said = "".join(e.text for e in events if isinstance(e, TextDelta))
    assert said.startswith("“Ropes before weather")
    assert isinstance(events[-1], TurnDone)
    assert events[-1].citations[0].exact.startswith("Ropes before weather")
