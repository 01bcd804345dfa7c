"""Who speaks each utterance, decided jointly over the conversation.

A chain over utterances whose state is the last speaker and the last one before who was somebody
else. At each step the former goes on, the latter answers, or another takes the turn; so one step
costs the square of the candidates, and sums over all ways to share out the turns are exact
(forward and backward; Rabiner 1989). Each utterance gets the speaker of greatest probability.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

NOBODY = -1
State = tuple[int, int]  # last speaker, last other speaker
_PRUNED = 1e-5  # states this much less likely than the best are dropped


class Step(NamedTuple):
    """One utterance: a score for each candidate, and for the turn's going on or back."""

    scores: Mapping[int, float]
    goes_on: float
    answers: float


def speaker_probabilities(steps: Sequence[Step]) -> list[dict[int, float]]:
    """For each step, candidate -> probability; empty where there is no candidate."""
    factors = [exponentials(step) for step in steps]
    forward = _forward(steps, factors)
    result: list[dict[int, float]] = []
    backward: dict[State, float] | None = None
    for i in range(len(steps) - 1, -1, -1):
        totals: dict[int, float] = {}
        for state, mass in forward[i + 1].items():
            weight = mass if backward is None else mass * backward.get(state, 0.0)
            totals[state[0]] = totals.get(state[0], 0.0) + weight
        result.append(_normalised(totals) if factors[i] else {})
        backward = step_back(forward[i], backward, steps[i], factors[i])
    result.reverse()
    return result


def exponentials(step: Step) -> dict[int, float]:
    """Candidate -> its weight; the best one's is 1."""
    if not step.scores:
        return {}
    best = max(step.scores.values())
    return {person: math.exp(score - best) for person, score in step.scores.items()}


def _forward(
    steps: Sequence[Step], factors: Sequence[Mapping[int, float]]
) -> list[dict[State, float]]:
    states: dict[State, float] = {(NOBODY, NOBODY): 1.0}
    forward = [states]
    for step, factor in zip(steps, factors, strict=True):
        if factor:
            states = _pruned(step_on(states, step, factor))
        forward.append(states)
    return forward


def step_on(
    states: Mapping[State, float], step: Step, factor: Mapping[int, float]
) -> dict[State, float]:
    """The mass that each state after the step gets from those before it."""
    stay, swap = math.exp(step.goes_on), math.exp(step.answers)
    following: dict[State, float] = {}
    for (last, other), mass in states.items():
        for person, weight in factor.items():
            if person == last:
                state, weight = (last, other), weight * stay
            elif person == other:
                state, weight = (other, last), weight * swap
            else:
                state = (person, last)
            following[state] = following.get(state, 0.0) + mass * weight
    return following


def step_back(
    states: Mapping[State, float],
    following: Mapping[State, float] | None,
    step: Step,
    factor: Mapping[int, float],
) -> dict[State, float] | None:
    """How likely all that comes from here on is, from each state before the step."""
    if not factor:
        return dict(following) if following is not None else None
    stay, swap = math.exp(step.goes_on), math.exp(step.answers)
    backward: dict[State, float] = {}
    for last, other in states:
        total = 0.0
        for person, weight in factor.items():
            if person == last:
                state, weight = (last, other), weight * stay
            elif person == other:
                state, weight = (other, last), weight * swap
            else:
                state = (person, last)
            total += weight * (1.0 if following is None else following.get(state, 0.0))
        backward[last, other] = total
    best = max(backward.values(), default=0.0)
    return {s: v / best for s, v in backward.items()} if best else dict.fromkeys(backward, 1.0)


def _pruned(states: Mapping[State, float]) -> dict[State, float]:
    best = max(states.values())
    return {s: mass / best for s, mass in states.items() if mass > _PRUNED * best}


def _normalised(totals: Mapping[int, float]) -> dict[int, float]:
    total = sum(totals.values())
    if not total:
        return {person: 1.0 / len(totals) for person in totals}
    return {person: mass / total for person, mass in totals.items()}
