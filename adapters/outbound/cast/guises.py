"""People under two names that the text ties together late: two until then."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from adapters.outbound.cast.model import Guise, Kind, Person, Reference
from adapters.outbound.cast.names import NameMention
from adapters.outbound.cast.references import References
from adapters.outbound.cast.tokens import Tokens
from adapters.outbound.cast.utterances import Utterance
from domain.naming.name_key import NameKey

_MIN_EARLIER = 2  # mentions under the other name before the text tells

Speakers = Sequence[Mapping[int, float]]


class Disclosure(NamedTuple):
    """From the offset on, the text has told that `guise` is `person`."""

    guise: int
    person: int
    known_from: int


class Parted(NamedTuple):
    people: Sequence[Person]
    references: References
    speakers: Speakers
    disclosures: Sequence[Disclosure]


def part_guises(
    tokens: Tokens,
    names: Sequence[NameMention],
    people: Sequence[Person],
    references: References,
    utterances: Sequence[Utterance],
    speakers: Speakers,
) -> Parted:
    """A person of its own for each guise that has been met before the text tells who it is.

    What is said before then goes to the one whose name was read last.
    """
    key_at = {name.first: name.key for name in names}
    parted = Parted(people, references, speakers, ())
    for person in people:
        for guise in person.guises:
            parted = _part(tokens, key_at, parted, utterances, person, guise)
    return parted


def _part(
    tokens: Tokens,
    key_at: Mapping[int, NameKey],
    parted: Parted,
    utterances: Sequence[Utterance],
    person: Person,
    guise: Guise,
) -> Parted:
    until = tokens.index_at(guise.known_from)
    named = [
        (r.first, key_at.get(r.first) in guise.keys)
        for r in parted.references.all
        if r.person == person.id and r.kind is Kind.NAME and r.first < until
    ]
    if sum(under for _, under in named) < _MIN_EARLIER:
        return parted
    other = replace(person, id=len(parted.people), keys=guise.keys, guises=(), is_narrator=False)
    earlier = {first for first, under in named if under}
    places = [first for first, _ in named]

    def is_guise(word: int) -> bool:
        return named[max(0, bisect_left(places, word) - 1)][1]

    return Parted(
        [*parted.people, other],
        References(
            tokens,
            [
                _renamed(r, other.id) if r.first in earlier and r.person == person.id else r
                for r in parted.references.all
            ],
        ),
        [
            _moved(said, person.id, other.id)
            if turn.start < guise.known_from and is_guise(_last_word(tokens, turn))
            else said
            for turn, said in zip(utterances, parted.speakers, strict=True)
        ],
        [*parted.disclosures, Disclosure(other.id, person.id, guise.known_from)],
    )


def _renamed(reference: Reference, person: int) -> Reference:
    return reference._replace(person=person)


def _moved(said: Mapping[int, float], person: int, other: int) -> Mapping[int, float]:
    return {other if p == person else p: probability for p, probability in said.items()}


def _last_word(tokens: Tokens, turn: Utterance) -> int:
    """The first word after what tells who speaks."""
    if turn.tag is not None and turn.tag.subject.kind is Kind.NAME:
        return turn.tag.subject.first + 1
    return tokens.index_at(turn.start)
