"""What is kept of rewritten messages serves the very same question alone."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.outbound.memory.cache import MemoryCache
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.memory.text_model import ScriptedTextModel
from application.ports.text_model import TextRequest
from application.rewrite_query import RewriteQuery, Rewriting
from domain.book import ContentVersion
from domain.conversation import Message, Role
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId, MessageId, SessionId, TurnId
from domain.turn import TextDelta
from tests.unit.conversation.stage import Stage
from tests.unit.conversation.story import BOOK_ID, FENN, MERE, NOON, OWNER

# Few, short and alike, so that whatever could be taken for one another comes up.
WORDS = st.sampled_from(
    ["", "a", "b", "ab", "a\nb", "reader: a", "<a>", "‹a›", "a" * 1_001, "a" * 1_002]
)
SAID = st.lists(st.tuples(st.sampled_from(Role), WORDS), max_size=9)
IDS = st.sampled_from([None, CharacterId("a"), CharacterId("b")])


def rewriting(
    model: str,
    book: str,
    number: int,
    offset: int,
    message: str,
    said: Sequence[tuple[Role, str]],
    names: Sequence[str],
    who: CharacterId | None,
    called: str,
) -> tuple[str, Rewriting]:
    history = tuple(
        Message(MessageId(f"{n}"), SessionId("s"), TurnId("t"), role, content, NOON)
        for n, (role, content) in enumerate(said)
    )
    version = ContentVersion(BookId(book), number)
    wanted = Rewriting(version, Frontier(offset), message, history, tuple(names), who, called)
    return model, wanted


REWRITINGS = st.builds(
    rewriting,
    model=st.sampled_from(["m", "n"]),
    book=st.sampled_from(["a", "b"]),
    number=st.integers(1, 2),
    offset=st.sampled_from([0, 1, 10, WHOLE_BOOK.offset]),
    message=WORDS,
    said=SAID,
    names=st.lists(WORDS, max_size=3),
    who=IDS,
    called=WORDS,
)
Pair = tuple[tuple[str, Rewriting], tuple[str, Rewriting]]
FIELDS = (
    "model",
    *("version", "frontier", "message", "history", "names", "character_id", "character_name"),
)


def alike_but_for(name: str, pair: Pair) -> Pair:
    """The second like the first in all but one thing."""
    (model, one), (other_model, other) = pair
    if name == "model":
        return pair[0], (other_model, one)
    changed: dict[str, Any] = {name: getattr(other, name)}
    return pair[0], (model, replace(one, **changed))


def alike_but_for_one_message(place: int, content: str, pair: Pair) -> Pair:
    model, one = pair[0]
    history = list(one.history)
    if place < len(history):
        history[place] = replace(history[place], content=content)
    return pair[0], (model, replace(one, history=tuple(history)))


ANY_PAIRS = st.tuples(REWRITINGS, REWRITINGS)
PAIRS = (
    ANY_PAIRS
    | st.builds(alike_but_for, st.sampled_from(FIELDS), ANY_PAIRS)
    | st.builds(alike_but_for_one_message, st.integers(0, 8), WORDS, ANY_PAIRS)
)


def numbered(numbers: Iterable[int]) -> Any:
    """Answers of which no two are alike."""

    def answer(_: TextRequest) -> str:
        number = next(iter(numbers))
        return json.dumps({"narrative": f"query {number}", "keywords": f"word{number}"})

    return answer


@settings(max_examples=300, deadline=None)
@given(PAIRS)
async def test_two_questions_share_what_is_kept_only_if_they_are_one(
    pair: Pair,
) -> None:
    cache, numbers = MemoryCache(), count()
    queries = []
    for model, wanted in pair:
        rewriter = RewriteQuery(
            model=ScriptedTextModel(numbered(numbers), name=model),
            cache=cache,
            metrics=MemoryMetrics(),
        )
        queries.append(await rewriter.rewrite(wanted))

    assert (queries[0] == queries[1]) == (pair[0] == pair[1])


class Reading(NamedTuple):
    """One reader's session, and what is said in it; each message tells the page read so far."""

    model: str
    who: CharacterId | None
    said: Sequence[tuple[int, str]]  # chapter, message


# All lean on what was said before them, so that each needs the model.
LEANING = st.sampled_from(["And why?", "And then?", "What does she think of it?"])
READINGS = st.builds(
    Reading,
    model=st.sampled_from(["m", "n"]),
    who=st.sampled_from([None, MERE, FENN]),
    said=st.lists(st.tuples(st.integers(1, 3), LEANING), min_size=1, max_size=3).map(
        lambda said: list(
            zip(sorted(chapter for chapter, _ in said), (m for _, m in said), strict=True)
        )
    ),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(READINGS, min_size=2, max_size=4))
async def test_no_turn_is_searched_for_with_what_was_made_for_another(
    readings: list[Reading],
) -> None:
    numbers = count()
    stages: dict[str, Stage] = {}
    made_for: dict[str, object] = {}
    for number, reading in enumerate(readings):
        if reading.model not in stages:
            text_model = ScriptedTextModel(numbered(numbers), name=reading.model)
            stages[reading.model] = await a_stage(text_model, list(stages.values()))
        stage = stages[reading.model]
        session = SessionId(f"session {number}")
        await stage.open_session.open(
            user_id=OWNER, book_id=BOOK_ID, character_id=reading.who, session_id=session
        )
        said: tuple[str, ...] = ()
        for place, (chapter, message) in enumerate([(1, "Who is Mrs. Mere?"), *reading.said]):
            turn = f"turn {number} {place}"
            events = await stage.say(
                message, turn, session_id=session, read_up_to=f"chapter:{chapter}"
            )
            query = stage.search.requests[-1].query
            if said:
                question = (reading.model, reading.who, chapter, said, message)
                assert made_for.setdefault(query, question) == question
            said += (message, *(e.text for e in events if isinstance(e, TextDelta)))


async def a_stage(text_model: ScriptedTextModel, others: Sequence[Stage]) -> Stage:
    """With the cache of the others."""
    stage = Stage(text_model=text_model, cache=others[0].cache if others else MemoryCache())
    await stage.set()
    return stage
