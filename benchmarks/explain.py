"""Why the extractor gives a line to whom it does.

    python -m benchmarks.explain TEXT (--find WORDS | --at OFFSET) [--paragraphs 1] [--candidates 3]

TEXT is a text file, read exactly as it is. For each utterance of the paragraphs from the one that
holds the words or the offset, prints its tag, and the likeliest speakers with their probability:
what each clue adds to a candidate's score (clue, its value times its weight, in log-odds), and what
the turn adds if the last speaker goes on or the one before answers.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.outbound.cast.attribution import Turn, turns_of
from adapters.outbound.cast.confidence import confidence_of
from adapters.outbound.cast.decode import speaker_probabilities
from adapters.outbound.cast.extract import Conversations, Source, find_conversations
from adapters.outbound.cast.features import Features, kind_of
from adapters.outbound.cast.model import Kind, Reference
from adapters.outbound.cast.utterances import Utterance
from adapters.outbound.cast.weights import WEIGHTS

_SHOWN = 90  # characters of a speech


@dataclass(frozen=True, slots=True)
class Reason:
    clue: str
    value: float
    weight: float

    @property
    def adds(self) -> float:
        return self.value * self.weight

    def __str__(self) -> str:
        factor = "" if self.value == 1 else f" ({self.value:.2f} x {self.weight:.2f})"
        return f"{self.adds:+6.2f}  {self.clue}{factor}"


@dataclass(frozen=True, slots=True)
class Candidate:
    name: str
    probability: float
    reasons: tuple[Reason, ...]  # weightiest first

    @property
    def score(self) -> float:
        return sum(reason.adds for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Explanation:
    speech: str
    tag: str  # the words that point to the speaker in the tag; "" without one
    names: tuple[str, ...]  # who is named beside it, in narration
    kind: str  # of the utterance, as features have it
    goes_on: float
    answers: float
    candidates: tuple[Candidate, ...]  # likeliest first


class Book:
    """One text, read once, whose decisions can be asked for."""

    def __init__(self, text: str) -> None:
        self._source: Source
        self._talk: Conversations
        self._source, self._talk = find_conversations(text)
        self._turns = turns_of(
            self._talk.people,
            self._talk.utterances,
            self._talk.clues,
            self._talk.affinity,
            WEIGHTS,
        )
        self._steps = [turn.step(WEIGHTS) for turn in self._turns]
        self._speakers = speaker_probabilities(self._steps)
        self._used = Counter(name.key for name in self._source.names)

    def explain(self, offset: int, paragraphs: int = 1) -> Iterator[Explanation]:
        """The utterances that begin in the paragraph at the offset and so many after it."""
        blocks = self._source.blocks
        first = next((n for n, block in enumerate(blocks) if offset < block.end), len(blocks))
        for index, utterance in enumerate(self._talk.utterances):
            if first <= utterance.first_paragraph < first + paragraphs:
                yield self._explanation(index, utterance)

    def _explanation(self, index: int, utterance: Utterance) -> Explanation:
        turn, step = self._turns[index], self._steps[index]
        block = self._source.blocks[utterance.first_paragraph]
        tokens = self._source.tokens
        beside = self._talk.references.narrated_between(
            tokens.index_at(block.start), tokens.index_at(block.end)
        )
        return Explanation(
            speech=" ".join(self._source.text[utterance.start : utterance.end].split()),
            tag=self._words(utterance.tag.subject) if utterance.tag else "",
            names=tuple(self._words(r) for r in beside if r.kind is Kind.NAME),
            kind=kind_of(self._talk.clues[index]),
            goes_on=step.goes_on,
            answers=step.answers,
            candidates=tuple(self._candidates(turn, index)),
        )

    def _candidates(self, turn: Turn, index: int) -> Iterator[Candidate]:
        speakers = self._speakers[index]
        for person in sorted(speakers, key=lambda p: -speakers[p]):
            yield Candidate(
                name=self._name(person),
                probability=speakers[person],
                reasons=reasons_for(turn.candidates.get(person, {})),
            )

    def _name(self, number: int) -> str:
        """By the name that the text uses most."""
        people = self._talk.people
        if not 0 <= number < len(people):
            return "somebody else"
        person = people[number]
        if person.keys:
            key = max(person.keys, key=lambda key: (self._used[key], key))
            return " ".join((*key.titles, *key.words))
        return f"the {person.role}" if person.role else "the narrator"

    def _words(self, reference: Reference) -> str:
        tokens = self._source.tokens
        return self._source.text[tokens.starts[reference.first] : tokens.ends[reference.last - 1]]


def reasons_for(features: Features) -> tuple[Reason, ...]:
    """The clues that count for or against somebody, weightiest first."""
    reasons = (
        Reason(clue, value, WEIGHTS.speaker.get(clue, 0.0)) for clue, value in features.items()
    )
    return tuple(sorted((r for r in reasons if r.adds), key=lambda r: -abs(r.adds)))


def show(explanation: Explanation, candidates: int) -> Iterator[str]:
    speech = explanation.speech
    yield f"“{speech if len(speech) <= _SHOWN else speech[: _SHOWN - 1] + '…'}”"
    names = ", ".join(explanation.names) or "nobody"
    yield f"  tag: {explanation.tag or 'none'}; named beside: {names}"
    yield f"  turn: goes on {explanation.goes_on:+.2f}, answers {explanation.answers:+.2f}"
    for candidate in explanation.candidates[:candidates]:
        confidence = confidence_of(candidate.probability, explanation.kind)
        yield (
            f"  {candidate.name}: probability {candidate.probability:.3f}, confidence"
            f" {confidence:.2f}, score {candidate.score:+.2f}"
        )
        for reason in candidate.reasons:
            yield f"    {reason}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("text", type=Path)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--find", metavar="WORDS")
    where.add_argument("--at", type=int, metavar="OFFSET")
    parser.add_argument("--paragraphs", type=int, default=1)
    parser.add_argument("--candidates", type=int, default=3)
    arguments = parser.parse_args()
    text = arguments.text.read_bytes().decode("utf-8")
    offset = arguments.at if arguments.find is None else text.find(arguments.find)
    if not 0 <= offset < len(text):
        raise SystemExit("The text has no such place.")
    for explanation in Book(text).explain(offset, arguments.paragraphs):
        print("\n".join(show(explanation, arguments.candidates)), end="\n\n")


if __name__ == "__main__":
    main()
