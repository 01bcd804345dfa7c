"""The decoder fed: scores from features, turn weights from distance, two passes."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import NamedTuple

from adapters.outbound.cast.conversation import Clues
from adapters.outbound.cast.decode import Step, speaker_probabilities
from adapters.outbound.cast.features import Features, Featurizer, kind_of
from adapters.outbound.cast.idiolect import Idiolects
from adapters.outbound.cast.model import Person
from adapters.outbound.cast.role_affinity import Affinity
from adapters.outbound.cast.utterances import Utterance
from adapters.outbound.cast.weights import WEIGHTS, Weights

_MAX_CANDIDATES = 9
_COMPANY = 8  # utterances either side that make the conversation of one
_TAKES_PART = 0.05  # expected utterances
_FULL_PART = 3.0
_SAME_CONVERSATION = 6  # paragraphs at most between two utterances of one conversation


def attribute(
    people: Sequence[Person],
    utterances: Sequence[Utterance],
    clues: Sequence[Clues],
    affinity: Affinity,
    weights: Weights = WEIGHTS,
) -> list[dict[int, float]]:
    """For each utterance, person -> probability of being its speaker."""
    turns = turns_of(people, utterances, clues, affinity, weights)
    return speaker_probabilities([turn.step(weights) for turn in turns])


class Turn(NamedTuple):
    """What is known of one utterance: features of each candidate, and of the turn's going on."""

    candidates: MutableMapping[int, Features]
    goes_on: Sequence[str]
    answers: Sequence[str]

    def step(self, weights: Weights) -> Step:
        turn = weights.turn
        return Step(
            _best(_scores(self.candidates, weights.speaker)),
            sum(turn.get(name, 0.0) for name in self.goes_on),
            sum(turn.get(name, 0.0) for name in self.answers),
        )


def turns_of(
    people: Sequence[Person],
    utterances: Sequence[Utterance],
    clues: Sequence[Clues],
    affinity: Affinity,
    weights: Weights,
) -> list[Turn]:
    """The turns as the second pass sees them: who takes part, and how, comes from the first."""
    featurizer = Featurizer(people, utterances, clues, affinity)
    turns = [
        Turn(featurizer.of(i), *_turn_features(utterances, clues, i))
        for i in range(len(utterances))
    ]
    first = speaker_probabilities([turn.step(weights) for turn in turns])
    features = [turn.candidates for turn in turns]
    _add_participation(featurizer, utterances, clues, features, first)
    _add_idiolect(clues, features, first)
    return turns


def _scores(candidates: Mapping[int, Features], weights: Mapping[str, float]) -> dict[int, float]:
    return {
        person: sum(weights.get(name, 0.0) * value for name, value in features.items())
        for person, features in candidates.items()
    }


def _best(scores: dict[int, float]) -> dict[int, float]:
    if len(scores) <= _MAX_CANDIDATES:
        return scores
    kept = sorted(scores, key=lambda person: -scores[person])[:_MAX_CANDIDATES]
    return {person: scores[person] for person in kept}


def _turn_features(
    utterances: Sequence[Utterance], clues: Sequence[Clues], index: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of what holds when the last speaker goes on, and when the one before answers."""
    if index == 0:
        return (), ()
    turn, previous = utterances[index], utterances[index - 1]
    gap = turn.first_paragraph - previous.last_paragraph
    if gap == 0:
        distance = "same paragraph"
    else:
        distance = "adjoining" if gap == 1 else "near" if gap <= 3 else "far"
    kind = kind_of(clues[index])
    goes_on: tuple[str, ...] = (f"{kind}{distance}, goes on",)
    if gap == 1 and previous.asks:
        goes_on += (f"{kind}adjoining, goes on after asking",)
    answers: tuple[str, ...] = (f"{kind}{distance}, answers",)
    if clues[index].tag_turn and distance != "far":
        goes_on += (f"{kind}{clues[index].tag_turn}, goes on",)
        answers += (f"{kind}{clues[index].tag_turn}, answers",)
    return goes_on, answers


def _add_participation(
    featurizer: Featurizer,
    utterances: Sequence[Utterance],
    clues: Sequence[Clues],
    features: Sequence[MutableMapping[int, Features]],
    probabilities: Sequence[Mapping[int, float]],
) -> None:
    """Add to the features how much of the conversation around is each candidate's."""
    for i, candidates in enumerate(features):
        if clues[i].tagged is not None:
            continue
        name = kind_of(clues[i]) + "takes part"
        share: dict[int, float] = {}
        for j in _conversation(utterances, i):
            for person, probability in probabilities[j].items():
                share[person] = share.get(person, 0.0) + probability
        for person, amount in share.items():
            if amount >= _TAKES_PART:
                if person not in candidates:
                    candidates[person] = featurizer.of_newcomer(i, person)
                candidates[person][name] = min(amount, _FULL_PART) / _FULL_PART


def _add_idiolect(
    clues: Sequence[Clues],
    features: Sequence[MutableMapping[int, Features]],
    probabilities: Sequence[Mapping[int, float]],
) -> None:
    idiolects = Idiolects([c.words for c in clues], probabilities)
    for i, candidates in enumerate(features):
        if clues[i].tagged is None:
            name = kind_of(clues[i]) + "sounds like"
            for person, likeness in idiolects.likeness(i, candidates).items():
                candidates[person][name] = likeness


def _conversation(utterances: Sequence[Utterance], index: int) -> list[int]:
    """The utterances around one that are of one talk with it."""
    members = []
    for step in (-1, 1):
        for j in range(index + step, index + step * (_COMPANY + 1), step):
            if not 0 <= j < len(utterances):
                break
            one, other = utterances[min(j, j - step)], utterances[max(j, j - step)]
            if other.first_paragraph - one.last_paragraph > _SAME_CONVERSATION:
                break
            members.append(j)
    return members
