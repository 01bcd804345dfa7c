"""Whether "I" tells the story, and who that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from adapters.outbound.cast.model import Kind, Person, Voice
from adapters.outbound.cast.names import NameMention
from adapters.outbound.cast.references import References
from adapters.outbound.cast.tokens import Tokens
from adapters.outbound.cast.utterances import Utterance
from domain.cast import Gender

_FIRST_PERSON_RATE = 6.0  # "I" per thousand words of narration
_SHARE = 0.6  # of the answers to a name that must be the narrator's
_MIN_ANSWERS = 2
_OWN_NAME = (
    ("my", "name", "is"), ("my", "name", "was"), ("call", "me"), ("call", "myself"),
    ("called", "myself"),
)  # fmt: skip


def tells_in_first_person(tokens: Tokens, references: References) -> bool:
    narrated = len(tokens) - sum(tokens.quoted)
    said_i = sum(
        r.kind is Kind.PRONOUN and r.voice is Voice.NARRATOR and tokens.words[r.first][0] == "I"
        for r in references.narrated
    )
    return 1000 * said_i > _FIRST_PERSON_RATE * max(narrated, 1)


def told_who_answers(
    person: int, utterances: Sequence[Utterance], vocatives: Sequence[frozenset[int]]
) -> int:
    """The offset at which "I" have first answered to the name; else where it was called so often
    that the narrator may be meant; 0 where it is neither."""
    calls = [i for i, named in enumerate(vocatives) if person in named]
    for i in calls:
        for j in (i - 1, i + 1):
            if 0 <= j < len(utterances) and _near(utterances[i], utterances[j]):
                tag = utterances[j].tag
                if tag is not None and tag.subject.voice is Voice.NARRATOR:
                    return max(utterances[i].end, utterances[j].end)
    return utterances[calls[_MIN_ANSWERS - 1]].end if len(calls) >= _MIN_ANSWERS else 0


def name_of_narrator(
    people: Sequence[Person],
    utterances: Sequence[Utterance],
    vocatives: Sequence[frozenset[int]],
    narrated: Counter[int],
) -> Person | None:
    """The one whom others address where "I" answers, and whom "I" hardly ever names.

    Whoever "I" says to speak is somebody else.
    """
    answers: Counter[int] = Counter()
    for i, turn in enumerate(utterances):
        if turn.tag is None or turn.tag.subject.voice is not Voice.NARRATOR:
            continue
        for j in (i - 1, i + 1):
            if 0 <= j < len(utterances) and _near(turn, utterances[j]):
                answers.update(vocatives[j])
    addressed = Counter(person for named in vocatives for person in named)
    tagged = Counter(turn.tag.subject.person for turn in utterances if turn.tag is not None)
    best: tuple[float, Person] | None = None
    for person in people:
        if addressed[person.id] < _MIN_ANSWERS:
            continue
        named = narrated[person.id] + tagged[person.id]
        score = (addressed[person.id] + 2 * answers[person.id]) / (2 + named)
        if score > _SHARE and (best is None or score > best[0]):
            best = score, person
    return best[1] if best else None


def own_name(tokens: Tokens, names: Sequence[NameMention]) -> NameMention | None:
    """The name that "I" give as my own in narration: "I, Tom Brown,", "my name is Tom Brown"."""
    for name in names:
        first = name.first
        if tokens.quoted[first] or tokens.possessive[name.last - 1]:
            continue
        before = tuple(tokens.lower(i) for i in range(max(0, first - 3), first))
        between = tokens.gaps[first].strip()
        if not between and any(before[-len(lead) :] == lead for lead in _OWN_NAME):
            return name
        if before[-1:] == ("i",) and between == "," and tokens.gaps[name.last].startswith(","):
            return name
    return None


def _near(one: Utterance, other: Utterance) -> bool:
    return abs(one.first_paragraph - other.first_paragraph) <= 2


def unnamed_narrator(people: Sequence[Person], gender: Gender | None = None) -> Person:
    return Person(len(people), frozenset(), gender, mentions=0, is_narrator=True)
