"""What learning needs of the decoder's chain: how often a turn goes on, and comes back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapters.outbound.cast.decode import NOBODY, State, Step, exponentials, step_back, step_on

_PRUNED = 1e-6


class Expectations(NamedTuple):
    """Over all ways to share out the turns: for each step, how likely each speaker is, that the
    last one goes on, that the one before answers."""

    speakers: list[dict[int, float]]
    goes_on: list[float]
    answers: list[float]


def expectations(steps: Sequence[Step], known: Mapping[int, int] | None = None) -> Expectations:
    """`known`: step -> the speaker it must have, one of its candidates."""
    steps = [_settled(step, (known or {}).get(i)) for i, step in enumerate(steps)]
    factors = [exponentials(step) for step in steps]
    states = [{(NOBODY, NOBODY): 1.0}]
    for step, factor in zip(steps, factors, strict=True):
        states.append(_shares(step_on(states[-1], step, factor)) if factor else states[-1])
    backward: dict[State, float] | None = dict.fromkeys(states[-1], 1.0)
    result = Expectations([{} for _ in steps], [0.0] * len(steps), [0.0] * len(steps))
    for i in range(len(steps) - 1, -1, -1):
        if factors[i] and backward:
            _expect(result, i, states[i], backward, steps[i], factors[i])
        backward = step_back(states[i], backward, steps[i], factors[i])
    return result


def _shares(states: Mapping[State, float]) -> dict[State, float]:
    total, best = sum(states.values()), max(states.values())
    return {state: mass / total for state, mass in states.items() if mass > _PRUNED * best}


def _settled(step: Step, speaker: int | None) -> Step:
    return step if speaker is None else step._replace(scores={speaker: step.scores[speaker]})


def _expect(
    result: Expectations,
    index: int,
    states: Mapping[State, float],
    backward: Mapping[State, float],
    step: Step,
    factor: Mapping[int, float],
) -> None:
    stay, swap = math.exp(step.goes_on), math.exp(step.answers)
    by_person = dict.fromkeys(factor, 0.0)
    stays = swaps = 0.0
    for (last, other), mass in states.items():
        for person, weight in factor.items():
            if person == last:
                ways = mass * (weight * stay * backward.get((last, other), 0.0))
                stays += ways
            elif person == other:
                ways = mass * (weight * swap * backward.get((other, last), 0.0))
                swaps += ways
            else:
                ways = mass * (weight * backward.get((person, last), 0.0))
            by_person[person] += ways
    total = sum(by_person.values())
    result.speakers[index].update({person: ways / total for person, ways in by_person.items()})
    result.goes_on[index], result.answers[index] = stays / total, swaps / total
