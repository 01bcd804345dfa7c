"""Names that a person is only ever called by others: whoever answers to one bears it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from adapters.outbound.cast.model import Person, SamePerson
from adapters.outbound.cast.utterances import Utterance
from domain.naming.given_names import is_given_name

_MIN_ADDRESSED = 3
_NARRATED_SHARE = 0.34  # of its mentions at most may be the narrator's
_MIN_ANSWERS = 3
_ANSWERED_BY_ONE = 0.6
# Enough to say so of one with another surname.
_SURE_ANSWERS = 8
_SURE_SHARE = 0.8


def forms_of_address(
    people: Sequence[Person],
    utterances: Sequence[Utterance],
    vocatives: Sequence[frozenset[int]],
    narrated: Counter[int],
) -> dict[int, SamePerson]:
    """Person known by a form of address alone -> the person who answers to it."""
    addressed = Counter(person for named in vocatives for person in named)
    tagged = Counter(s for turn in utterances if (s := _named_speaker(turn)) is not None)
    answers: dict[int, Counter[int]] = defaultdict(Counter)
    answered_at: dict[tuple[int, int], int] = {}
    for index, named in enumerate(vocatives):
        speaker = _named_speaker(utterances[index])
        for neighbour in _neighbours(utterances, index):
            answerer = _named_speaker(utterances[neighbour])
            if answerer is not None and answerer != speaker and answerer not in named:
                for called in named:
                    answers[called][answerer] += 1
                    answered_at.setdefault((called, answerer), utterances[index].start)
    found = {}
    for person in people:
        if (
            addressed[person.id] >= _MIN_ADDRESSED
            and not tagged[person.id]
            and narrated[person.id] <= _NARRATED_SHARE * person.mentions
            and (bearer := _who_answers(people, person, answers[person.id])) is not None
        ):
            told = answered_at[person.id, bearer] if _tells_of_marriage(person) else 0
            found[person.id] = SamePerson(bearer, told)
    return found


def _tells_of_marriage(form: Person) -> bool:
    """Whose "Mrs. Brown" is, is news; "Kitty" is plain when it is said to her face."""
    return any(key.is_wifes for key in form.keys)


def _who_answers(people: Sequence[Person], person: Person, answers: Counter[int]) -> int | None:
    """Of those whose gender allows it: others answer too, where several talk."""
    able = Counter({p: n for p, n in answers.items() if _genders_agree(person, people[p])})
    if not able:
        return None
    bearer, times = able.most_common(1)[0]
    if times < _MIN_ANSWERS or times < _ANSWERED_BY_ONE * able.total():
        return None
    sure = times >= _SURE_ANSWERS and times >= _SURE_SHARE * able.total()
    return bearer if sure or _surnames_agree(person, people[bearer]) else None


def _genders_agree(one: Person, other: Person) -> bool:
    return one.gender is None or other.gender is None or one.gender is other.gender


def _surnames_agree(form: Person, bearer: Person) -> bool:
    one, other = _surnames(form), _surnames(bearer)
    return not one or not other or not one.isdisjoint(other)


def _surnames(person: Person) -> set[str]:
    return {
        key.words[-1]
        for key in person.keys
        if key.is_full or (key.titles and not is_given_name(key.words[-1]))
    }


def _named_speaker(turn: Utterance) -> int | None:
    return turn.tag.subject.person if turn.tag is not None else None


def _neighbours(utterances: Sequence[Utterance], index: int) -> Iterator[int]:
    for other in (index - 1, index + 1):
        if 0 <= other < len(utterances):
            first, second = utterances[min(index, other)], utterances[max(index, other)]
            if second.first_paragraph - first.last_paragraph <= 1:
                yield other
