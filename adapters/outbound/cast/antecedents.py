"""Whom pronouns stand for, as a reader goes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.outbound.cast.model import Person, Voice
from domain.cast import Gender


@dataclass(slots=True)
class Sighting:
    """A name or pronoun in narration, at word `first`."""

    first: int
    person: int | None
    voice: Voice
    paragraph: int
    subject: bool


class Antecedents:
    """Whom "he" and "she" mean by now: the last subject of that gender, kept up by pronouns."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = people
        self.current: dict[Gender, int] = {}
        self._paragraph: dict[Gender, int] = {}

    def see(self, sighting: Sighting) -> None:
        if sighting.person is None:
            gender = sighting.voice.gender
            if gender in self.current:
                self._paragraph[gender] = sighting.paragraph
            return
        gender = self._people[sighting.person].gender
        if gender is None or self._people[sighting.person].is_narrator:
            return
        fresh = self._paragraph.get(gender, -9) >= sighting.paragraph - 1
        if sighting.subject or not fresh:
            self.current[gender] = sighting.person
            self._paragraph[gender] = sighting.paragraph
