"""To whom something is said: as the tag tells, or as the words do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from adapters.outbound.cast.evidence import is_vocative
from adapters.outbound.cast.lexicon.address import (
    ADDRESS_EPITHETS,
    TERMS_OF_ADDRESS,
    TERMS_WITH_EPITHET,
    VERBS_TO_SOMEBODY,
)
from adapters.outbound.cast.model import Kind, Reference, Voice
from adapters.outbound.cast.references import References
from adapters.outbound.cast.tags import Tag
from adapters.outbound.cast.tokens import Tokens
from adapters.outbound.cast.utterances import Utterance
from domain.cast import Gender

_REACH = 3  # words between a tag and "to"


class Address(NamedTuple):
    told: Reference | None = None  # "said to Tom", "told me"
    gender: Gender | None = None  # as "sir" or "said to her" tells
    introduced: frozenset[int] = frozenset()  # "My name is Tom": the people who name themselves


def find_address(
    turn: Utterance, said: Sequence[str], tokens: Tokens, references: References
) -> Address:
    """`said`: the words of the utterance, in small letters."""
    first, last = tokens.index_at(turn.start), tokens.index_at(turn.end)
    gender = None
    if not TERMS_OF_ADDRESS.keys().isdisjoint(said):
        gender = _gender_called(tokens, first, last)
    introduced = _introduced(tokens, references, first, last)
    place = _place_of_addressee(tokens, turn.tag) if turn.tag is not None else None
    if place is None:
        return Address(None, gender, introduced)
    word = tokens.words[place]
    if word == "me":
        told = Reference(place, place + 1, Kind.PRONOUN, None, Voice.NARRATOR)
        return Address(told, gender, introduced)
    if word == "him" or (word == "her" and tokens.gaps[place + 1].strip()):
        return Address(None, Gender.MALE if word == "him" else Gender.FEMALE, introduced)
    named = references.narrated_between(place, place + 1)
    spoken_to = next((r for r in named if not tokens.possessive[r.last - 1]), None)
    return Address(spoken_to, gender, introduced)


def _place_of_addressee(tokens: Tokens, tag: Tag) -> int | None:
    """The word after "to", or after a verb such as "told", in the sentence of the tag."""
    stop = min(tag.end + _REACH, len(tokens) - 1)
    place = next((i + 1 for i in range(tag.end, stop) if tokens.lower(i) == "to"), None)
    if place is None and tokens.lower(tag.end - 1) in VERBS_TO_SOMEBODY:
        place = tag.end
    if place is None or place >= len(tokens):
        return None
    between = range(tag.end, place + 1)
    if any(tokens.opens_sentence[i] or tokens.quoted[i] for i in between):
        return None
    return place


def _gender_called(tokens: Tokens, first: int, last: int) -> Gender | None:
    for i in range(first, last):
        word = tokens.lower(i)
        if word in TERMS_OF_ADDRESS and tokens.quoted[i]:
            start = _start_of_term(tokens, i, word)
            if start is not None and is_vocative(tokens, start, i + 1):
                return TERMS_OF_ADDRESS[word]
    return None


def _start_of_term(tokens: Tokens, i: int, word: str) -> int | None:
    """Where "my dear boy" begins; None for a "boy" without such words."""
    start = i
    while start and tokens.gaps[start] == " " and tokens.lower(start - 1) in ADDRESS_EPITHETS:
        start -= 1
    return None if start == i and word in TERMS_WITH_EPITHET else start


def _introduced(tokens: Tokens, references: References, first: int, last: int) -> frozenset[int]:
    return frozenset(
        reference.person
        for reference in references.between(first + 2, last)
        if reference.person is not None and _names_himself(tokens, reference.first)
    )


def _names_himself(tokens: Tokens, i: int) -> bool:
    """Whether "I am" or "My name is" goes before word i."""
    before = tokens.lower(i - 2), tokens.lower(i - 1)
    return before in (("i", "am"), ("name", "is")) or before[1] in ("i'm", "i’m")
