"""What the stages hand to one another about people and the words that point to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from domain.cast import Gender
from domain.naming.name_key import NameKey


class Guise(NamedTuple):
    """Names that are only told to be somebody's at the offset `known_from`."""

    keys: frozenset[NameKey]
    known_from: int


class SamePerson(NamedTuple):
    """Whom somebody turns out to be, and the offset at which the text tells it."""

    person: int
    known_from: int


@dataclass(slots=True)
class Person:
    """A candidate for the cast. `id` is its place in the list of people."""

    id: int
    keys: frozenset[NameKey]
    gender: Gender | None
    mentions: int
    role: str = ""  # the head noun of one known by a role alone: "housekeeper"
    is_narrator: bool = False
    guises: tuple[Guise, ...] = ()
    is_heard: bool = True  # named by a tag or spoken to at least once
    narrator_known_from: int = 0  # where the text tells that "I" am this one


class Kind(Enum):
    NAME = "name"
    PRONOUN = "pronoun"
    NOMINAL = "nominal"


class Voice(Enum):
    """Whom a pronoun or a role noun can stand for."""

    MALE = "M"
    FEMALE = "F"
    NARRATOR = "I"
    MANY = "P"
    ANYONE = "X"

    @property
    def gender(self) -> Gender | None:
        return {Voice.MALE: Gender.MALE, Voice.FEMALE: Gender.FEMALE}.get(self)


class Reference(NamedTuple):
    """Words `first` to `last` (exclusive) that point to somebody; `person` for a name alone."""

    first: int
    last: int
    kind: Kind
    person: int | None
    voice: Voice
    head: str = ""  # of a nominal, in small letters: "man"
    phrase: str = ""  # the same with its adjectives: "old man"


def voice_of(gender: Gender | None) -> Voice:
    if gender is None:
        return Voice.ANYONE
    return Voice.MALE if gender is Gender.MALE else Voice.FEMALE
