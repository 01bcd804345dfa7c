"""Clues turned into named features of each candidate speaker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from adapters.outbound.cast.conversation import Clues
from adapters.outbound.cast.model import Person, Voice
from adapters.outbound.cast.role_affinity import Affinity
from adapters.outbound.cast.utterances import Utterance

_NO_AFFINITY = -1.5
Features = dict[str, float]


class _Note(Protocol):
    def __call__(self, person: int | None, name: str, value: float = 1.0) -> None: ...


class Featurizer:
    """Features of every candidate for every utterance of a text."""

    def __init__(
        self,
        people: Sequence[Person],
        utterances: Sequence[Utterance],
        clues: Sequence[Clues],
        affinity: Affinity,
    ) -> None:
        self._people = people
        self._affinity = affinity
        self._utterances = utterances
        self._clues = clues
        most = max((p.mentions for p in people), default=0)
        self._prominence = [math.log1p(p.mentions) / math.log1p(max(most, 1)) for p in people]
        self._narrator = next((p.id for p in people if p.is_narrator), None)

    def of(self, index: int) -> dict[int, Features]:
        """Candidate -> features. Their names begin with the kind of the utterance."""
        around = self._around(index)
        return {person: self._complete(index, person, around[person]) for person in around}

    def of_newcomer(self, index: int, person: int) -> Features:
        """Features of a candidate whom nothing around the utterance names."""
        return self._complete(index, person, {})

    def _complete(self, index: int, person: int, around: Features) -> Features:
        kind = kind_of(self._clues[index])
        if not self._people[person].is_heard:
            around["never heard"] = 1.0
        around["prominence"] = self._prominence[person]
        features = {kind + name: value for name, value in around.items()}
        self._agreement(self._clues[index], person, features)
        return features

    def _around(self, index: int) -> dict[int, Features]:
        clues, turn = self._clues[index], self._utterances[index]
        found: dict[int, Features] = {}

        def note(person: int | None, name: str, value: float = 1.0) -> None:
            if person is not None:
                found.setdefault(person, {}).setdefault(name, value)

        note(clues.tagged, "named")
        if clues.tag_strength == 1:
            note(clues.tagged, "weakly named")
        for recent in clues.recent:
            note(recent.person, "rank", 1.0 / (1 + recent.rank))
            note(recent.person, "near", math.exp(-max(recent.paragraphs, 0) / 4.0))
            if recent.rank == 0:
                note(recent.person, "last named")
        for person in clues.antecedents.values():
            note(person, "antecedent")
        for person in clues.beside:
            note(person, "beside")
        for person in clues.beside_before:
            note(person, "beside before")
        note(clues.beside_subject, "beside subject")
        note(clues.lead_subject, "leads in")
        note(clues.following_subject, "follows")
        self._previous_narration(clues, note)
        note(clues.next_subject, "next subject")
        for person in clues.addressed:
            note(person, "addressed here")
        for person in clues.mentioned:
            note(person, "mentioned here")
        self._neighbouring_speech(index, turn, note)
        if self._narrator is not None:
            note(self._narrator, "narrator")
            if clues.narrator_beside:
                note(self._narrator, "narrator beside")
        return found

    def _previous_narration(self, clues: Clues, note: _Note) -> None:
        for person in clues.previous_subjects:
            note(person, "in previous narration")
        if clues.previous_subjects:
            note(clues.previous_subjects[0], "first in previous narration")
            note(clues.previous_subjects[-1], "last in previous narration")

    def _neighbouring_speech(self, index: int, turn: Utterance, note: _Note) -> None:
        for step, name in ((-1, "previous"), (1, "next")):
            other = index + step
            if not 0 <= other < len(self._utterances):
                continue
            distance = self._paragraphs_between(index, other)
            clues = self._clues[other]
            if distance <= 2:
                suffix = "" if distance <= 1 else " but one"
                for person in clues.addressed:
                    note(person, f"addressed in {name}{suffix}")
            if distance <= 1:
                for person in clues.mentioned:
                    note(person, f"mentioned in {name}")
                if clues.tagged is not None and clues.tag_strength >= 2:
                    note(clues.tagged, f"speaks {name}")
            second = index + 2 * step
            if 0 <= second < len(self._utterances) and self._adjoin(index, other, second):
                for person in self._clues[second].addressed:
                    note(person, f"addressed in second {name}")
        for step in (-8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8):
            other = index + step
            if 0 <= other < len(self._utterances):
                tagged = self._clues[other].tagged
                if tagged is not None and self._paragraphs_between(index, other) <= 24:
                    note(tagged, "in company", 1.0)

    def _adjoin(self, *indices: int) -> bool:
        return all(self._paragraphs_between(a, b) <= 1 for a, b in pairwise(indices))

    def _paragraphs_between(self, one: int, other: int) -> int:
        first, second = self._utterances[min(one, other)], self._utterances[max(one, other)]
        return second.first_paragraph - first.last_paragraph

    def _agreement(self, clues: Clues, person: int, features: Features) -> None:
        gender = self._people[person].gender
        narrator = self._people[person].is_narrator
        if clues.tag_voice is not None:
            if clues.tag_voice.gender is not None:
                features["he:" + _agree(gender, clues.tag_voice)] = 1.0
                if clues.antecedents.get(clues.tag_voice.gender) != person:
                    features.pop("he:antecedent", None)
            if narrator:
                features["he:is narrator"] = 1.0
            if clues.tag_head:
                if clues.tag_head == self._people[person].role:
                    features["he:same role"] = 1.0
                affinity = self._affinity.get(clues.tag_phrase, self._affinity.get(clues.tag_head))
                if affinity is not None:
                    features["he:goes by the role"] = affinity.get(person, _NO_AFFINITY)
            return
        if clues.tagged is not None:
            return
        voice = clues.voice_beside
        if voice is Voice.NARRATOR:
            if narrator:
                features["beside I"] = 1.0
        elif voice is not None and voice.gender is not None:
            features["beside " + _agree(gender, voice)] = 1.0
            if clues.antecedents.get(voice.gender) == person:
                features["beside antecedent"] = 1.0
        elif clues.previous_voices:
            for name, voice in (
                ("first", clues.previous_voices[0]),
                ("last", clues.previous_voices[-1]),
            ):
                if voice.gender is not None:
                    features[f"{name} in previous {_agree(gender, voice)}"] = 1.0


def kind_of(clues: Clues) -> str:
    """Utterances with a tag by name, by pronoun or role, or none weigh their features apart."""
    if clues.tagged is not None:
        return "tag:"
    return "he:" if clues.tag_voice else ""


def _agree(gender: object, voice: Voice) -> str:
    if gender is None:
        return "gender unknown"
    return "gender agrees" if gender is voice.gender else "gender differs"
