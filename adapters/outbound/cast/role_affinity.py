"""Whom "the chaplain" most likely means: the one who is about wherever the words fall."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from adapters.outbound.cast.model import Kind, Person
from adapters.outbound.cast.references import References
from adapters.outbound.cast.tokens import Tokens
from domain.cast import Gender

_REACH = 4  # paragraphs before in which he is named
_MIN_TIMES = 3
_SMOOTHING = 0.5
_STRONG = 0.9
_BOUNDS = (-1.5, 2.0)

Affinity = Mapping[str, Mapping[int, float]]


def role_affinity(
    people: Sequence[Person], tokens: Tokens, references: References, paragraphs: int
) -> Affinity:
    """Role noun, alone or with adjectives -> person -> how much more often he is named near it.

    The latter as the logarithm of the ratio to chance.
    """
    named_in: dict[int, set[int]] = defaultdict(set)
    places: dict[str, list[int]] = defaultdict(list)
    for reference in references.narrated:
        paragraph = tokens.paragraph[reference.first]
        if reference.person is not None:
            named_in[paragraph].add(reference.person)
        elif reference.kind is Kind.NOMINAL and tokens.lower(reference.first) == "the":
            for phrase in {reference.head, reference.phrase}:
                places[phrase].append(paragraph)
    about = _paragraphs_about(named_in)
    return {
        head: _affinities(people, where, named_in, about, paragraphs)
        for head, where in places.items()
        if len(where) >= _MIN_TIMES
    }


def belongs_to_somebody(
    people: Sequence[Person], gender: Gender | None, near: Mapping[int, float]
) -> bool:
    """Whether a role is most likely how the narrator calls one who also has a name."""
    return any(
        affinity >= _STRONG and gender is not None and people[person].gender is gender
        for person, affinity in near.items()
    )


def _paragraphs_about(named_in: Mapping[int, set[int]]) -> Counter[int]:
    """For each person, in how many paragraphs he has just been named."""
    about: Counter[int] = Counter()
    until: dict[int, int] = {}
    for paragraph in sorted(named_in):
        for person in named_in[paragraph]:
            covered = max(until.get(person, -1), paragraph - 1)
            about[person] += paragraph + _REACH - covered
            until[person] = paragraph + _REACH
    return about


def _affinities(
    people: Sequence[Person],
    where: Sequence[int],
    named_in: Mapping[int, set[int]],
    about: Mapping[int, int],
    paragraphs: int,
) -> dict[int, float]:
    near: Counter[int] = Counter()
    for paragraph in where:
        window = range(paragraph - _REACH, paragraph + 1)
        near.update(set().union(*(named_in.get(p, ()) for p in window)))
    low, high = _BOUNDS
    return {
        person.id: min(
            high, max(low, _log_ratio(near[person.id], about[person.id], len(where), paragraphs))
        )
        for person in people
        if near[person.id]
    }


def _log_ratio(near: int, about: int, times: int, paragraphs: int) -> float:
    expected = times * min(1.0, about / max(1, paragraphs))
    return math.log((near + _SMOOTHING) / (expected + _SMOOTHING)) * min(1.0, near / times * 2)
