"""Weights of greatest conditional likelihood, held near what they were set to by hand.

A conditional random field over each excerpt (Lafferty, McCallum and Pereira 2001): the gradient of
a weight is how often its feature is seen with the true speakers less how often the model expects
it. Utterances whose speaker is not known, or is no candidate, are summed over.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapters.outbound.cast.attribution import Turn, turns_of
from adapters.outbound.cast.weights import Weights
from training.cast.chain import Expectations, expectations
from training.cast.gold import NO_CANDIDATE, Example

_ROUNDS = 3  # who takes part is read anew with the weights of the round before
_STEPS = 25
_RATE = 0.12


class Case(NamedTuple):
    turns: Sequence[Turn]
    known: Mapping[int, int]


def learn(examples: Sequence[Example], prior: Weights, spread: float) -> Weights:
    """`spread`: standard deviation that the prior allows each weight."""
    weights = prior
    for _ in range(_ROUNDS):
        cases = [_case(example, weights) for example in examples]
        weights = _ascend([c for c in cases if c.known], prior, weights, spread)
    return weights


def _case(example: Example, weights: Weights) -> Case:
    talk = example.talk
    turns = turns_of(talk.people, talk.utterances, talk.clues, talk.affinity, weights)
    known = {
        i: person
        for i, person in example.speaker.items()
        if person != NO_CANDIDATE and person in turns[i].step(weights).scores
    }
    return Case(turns, known)


def _ascend(cases: Sequence[Case], prior: Weights, start: Weights, spread: float) -> Weights:
    """Adam (Kingma and Ba 2015) over all cases at once, so that no seed matters."""
    speaker, turn = dict(start.speaker), dict(start.turn)
    first: dict[tuple[int, str], float] = defaultdict(float)
    second: dict[tuple[int, str], float] = defaultdict(float)
    for step in range(1, _STEPS + 1):
        gradient = _gradient(cases, Weights(speaker, turn))
        for table, values, held in ((0, speaker, prior.speaker), (1, turn, prior.turn)):
            slopes = gradient[table]
            for name in set(slopes) | set(values):
                value = values.get(name, 0.0)
                g = slopes.get(name, 0.0) - (value - held.get(name, 0.0)) / spread**2
                key = table, name
                first[key] = 0.9 * first[key] + 0.1 * g
                second[key] = 0.99 * second[key] + 0.01 * g * g
                size = math.sqrt(second[key] / (1 - 0.99**step)) + 1e-6
                rate = _RATE * min(1.0, 2 * (1 - step / (_STEPS + 1)))
                values[name] = value + rate * first[key] / (1 - 0.9**step) / size
    return Weights(speaker, turn)


def _gradient(cases: Sequence[Case], weights: Weights) -> tuple[dict[str, float], dict[str, float]]:
    speaker: dict[str, float] = defaultdict(float)
    turn: dict[str, float] = defaultdict(float)
    for case in cases:
        steps = [t.step(weights) for t in case.turns]
        for sign, expected in (
            (1.0, expectations(steps, case.known)),
            (-1.0, expectations(steps)),
        ):
            _add(case, expected, sign, speaker, turn)
    return speaker, turn


def _add(
    case: Case,
    expected: Expectations,
    sign: float,
    speaker: dict[str, float],
    turn: dict[str, float],
) -> None:
    for i, t in enumerate(case.turns):
        for person, probability in expected.speakers[i].items():
            for name, value in t.candidates[person].items():
                speaker[name] += sign * probability * value
        for name in t.goes_on:
            turn[name] += sign * expected.goes_on[i]
        for name in t.answers:
            turn[name] += sign * expected.answers[i]
