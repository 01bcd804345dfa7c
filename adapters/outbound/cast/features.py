"""Clues turned into named features of each candidate speaker."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from adapters.outbound.cast.conversation import Clues
from adapters.outbound.cast.model import Person, Voice
from adapters.outbound.cast.role_affinity import Affinity
from adapters.outbound.cast.utterances import Utterance

Features = dict[str, float]
TAGGED, ANAPHORIC, UNTAGGED = "tag:", "he:", ""  # kinds of utterance
_NO_AFFINITY = -1.5
_OFTEN = math.log1p(20)  # times named near
_COMPANY = 8  # utterances either side whose tagged speakers are taken to be present
_COMPANY_REACH = 24  # paragraphs
_FORGETTING = 4.0  # paragraphs in which the nearness of a name falls to 1/e


class _Notes:
    """Features by candidate; the first value noted stands."""

    def __init__(self) -> None:
        self.by_person: dict[int, Features] = {}

    def note(self, person: int | None, name: str, value: float = 1.0) -> None:
        if person is not None:
            self.by_person.setdefault(person, {}).setdefault(name, value)

    def note_all(self, people: Iterable[int], name: str) -> None:
        for person in people:
            self.note(person, name)


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
        clues = self._clues[index]
        kind = kind_of(clues)
        if kind == TAGGED:
            return self._tagged(clues, person)
        if not self._people[person].is_heard:
            around["never heard"] = 1.0
        if person in clues.unmet:
            around["not met yet"] = 1.0
        around["prominence"] = self._prominence[person]
        features = {kind + name: value for name, value in around.items()}
        if kind == ANAPHORIC:
            self._agreement_with_tag(clues, person, features)
        else:
            self._agreement_with_narration(clues, person, features)
            self._agreement_with_address(index, person, features)
        return features

    def _agreement_with_address(self, index: int, person: int, features: Features) -> None:
        """Whether the candidate can be the one whom his neighbours call "sir" or "madam"."""
        gender = self._people[person].gender
        for other, name in ((index - 1, "previous"), (index + 1, "next")):
            if 0 <= other < len(self._utterances) and self._paragraphs_between(index, other) <= 1:
                called = self._clues[other].addressee
                if called is not None and gender is not None:
                    agrees = "agrees" if gender is called else "differs"
                    features[f"called in {name}: gender {agrees}"] = 1.0

    def _tagged(self, clues: Clues, person: int) -> Features:
        """A tag by name outweighs all else; others stay possible, with nothing for them."""
        if person != clues.tagged:
            return {}
        return {TAGGED + ("weakly named" if clues.tag_strength == 1 else "named"): 1.0}

    def _around(self, index: int) -> dict[int, Features]:
        clues = self._clues[index]
        notes = _Notes()
        notes.note(clues.tagged, "named")
        for recent in clues.recent:
            notes.note(recent.person, "rank", 1.0 / (1 + recent.rank))
            notes.note(recent.person, "near", math.exp(-max(recent.paragraphs, 0) / _FORGETTING))
            if recent.rank == 0:
                notes.note(recent.person, "last named")
        notes.note_all(clues.antecedents.values(), "antecedent")
        self._own_paragraph(clues, notes)
        self._narration_around(clues, notes)
        notes.note_all(clues.addressed, "addressed here")
        notes.note(clues.told, "told here")
        notes.note_all(clues.introduced, "introduced here")
        for person, times in clues.around.items():
            notes.note(person, "around", math.log1p(times) / _OFTEN)
        notes.note_all(clues.mentioned, "mentioned here")
        self._speech_around(index, notes)
        self._company(index, notes)
        notes.note(self._narrator, "narrator")
        if clues.narrator_beside:
            notes.note(self._narrator, "narrator beside")
        return notes.by_person

    def _own_paragraph(self, clues: Clues, notes: _Notes) -> None:
        notes.note_all(clues.beside, "beside")
        notes.note_all(clues.beside_before, "beside before")
        notes.note(clues.beside_subject, "beside subject")
        notes.note(clues.lead_subject, "leads in")
        notes.note(clues.following_subject, "follows")

    def _narration_around(self, clues: Clues, notes: _Notes) -> None:
        notes.note_all(clues.previous_subjects, "in previous narration")
        if clues.previous_subjects:
            notes.note(clues.previous_subjects[0], "first in previous narration")
            notes.note(clues.previous_subjects[-1], "last in previous narration")
        notes.note(clues.next_subject, "next subject")

    def _speech_around(self, index: int, notes: _Notes) -> None:
        for step, name in ((-1, "previous"), (1, "next")):
            other, second = index + step, index + 2 * step
            if not 0 <= other < len(self._utterances):
                continue
            clues = self._clues[other]
            distance = self._paragraphs_between(index, other)
            if distance <= 2:
                notes.note(clues.told, f"told in {name}")
            if distance <= 1:
                notes.note_all(clues.addressed, f"addressed in {name}")
                notes.note_all(clues.mentioned, f"mentioned in {name}")
            elif distance == 2:
                notes.note_all(clues.addressed, f"addressed in {name} but one")
            if 0 <= second < len(self._utterances) and self._adjoin(index, other, second):
                notes.note_all(self._clues[second].addressed, f"addressed in second {name}")

    def _company(self, index: int, notes: _Notes) -> None:
        last = min(len(self._utterances), index + _COMPANY + 1)
        for other in range(max(0, index - _COMPANY), last):
            tagged = self._clues[other].tagged
            if tagged is None or other == index:
                continue
            if self._paragraphs_between(index, other) <= _COMPANY_REACH:
                notes.note(tagged, "in company")

    def _adjoin(self, *indices: int) -> bool:
        return all(self._paragraphs_between(a, b) <= 1 for a, b in pairwise(indices))

    def _paragraphs_between(self, one: int, other: int) -> int:
        first, second = self._utterances[min(one, other)], self._utterances[max(one, other)]
        return second.first_paragraph - first.last_paragraph

    def _agreement_with_tag(self, clues: Clues, person: int, features: Features) -> None:
        """Whether the pronoun or role noun of the tag can mean the candidate."""
        voice = clues.tag_voice
        if voice is not None and voice.gender is not None:
            features[ANAPHORIC + self._agree(person, voice)] = 1.0
            if clues.antecedents.get(voice.gender) != person:
                features.pop(ANAPHORIC + "antecedent", None)
        if self._people[person].is_narrator:
            features[ANAPHORIC + "is narrator"] = 1.0
        affinity = self._affinity.get(clues.tag_phrase, self._affinity.get(clues.tag_head))
        if affinity is not None:
            features[ANAPHORIC + "goes by the role"] = affinity.get(person, _NO_AFFINITY)

    def _agreement_with_narration(self, clues: Clues, person: int, features: Features) -> None:
        """Whether a pronoun that leads in, follows or ends the narration can mean the candidate."""
        beside = clues.voice_beside
        if beside is not None and beside.gender is not None:
            features["beside " + self._agree(person, beside)] = 1.0
            if clues.antecedents.get(beside.gender) == person:
                features["beside antecedent"] = 1.0
        elif clues.previous_voices:
            for name, place in (("first", 0), ("last", -1)):
                voice = clues.previous_voices[place]
                if voice.gender is not None:
                    features[f"{name} in previous {self._agree(person, voice)}"] = 1.0

    def _agree(self, person: int, voice: Voice) -> str:
        """Whether "he" or "she" can mean a person; it never means the one who says "I"."""
        if person == self._narrator:
            return "gender differs"
        gender = self._people[person].gender
        if gender is None:
            return "gender unknown"
        return "gender agrees" if gender is voice.gender else "gender differs"


def kind_of(clues: Clues) -> str:
    """Utterances with a tag by name, by pronoun or role, or none weigh their features apart."""
    if clues.tagged is not None:
        return TAGGED
    return ANAPHORIC if clues.tag_voice is not None else UNTAGGED
