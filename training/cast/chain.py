"""The decoder's chain with what learning needs: its log-likelihood and expected turns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapters.outbound.cast.decode import NOBODY, Step

_State = tuple[int, int]
_PRUNED = 1e-6


class Expectations(NamedTuple):
    """Over all ways to share out the turns: log of their summed weight; for each step, how likely
    each speaker is, that the last one goes on, that the one before answers."""

    log_sum: float
    speakers: list[dict[int, float]]
    goes_on: list[float]
    answers: list[float]


def expectations(steps: Sequence[Step], known: Mapping[int, int] | None = None) -> Expectations:
    """`known`: step -> the speaker it must have."""
    known = known or {}
    factors: list[dict[int, float]] = []
    log_sum = 0.0
    for i, step in enumerate(steps):
        scores = dict(step.scores)
        if i in known and known[i] in scores:
            scores = {known[i]: scores[known[i]]}
        best = max(scores.values(), default=0.0)
        log_sum += best
        factors.append({person: math.exp(score - best) for person, score in scores.items()})
    states: dict[_State, float] = {(NOBODY, NOBODY): 1.0}
    forward = [states]
    for step, factor in zip(steps, factors, strict=True):
        if factor:
            states, total = _step_on(states, step, factor)
            log_sum += math.log(total)
        forward.append(states)
    count = len(steps)
    speakers: list[dict[int, float]] = [{} for _ in range(count)]
    goes_on, answers = [0.0] * count, [0.0] * count
    backward = dict.fromkeys(forward[-1], 1.0)
    for i in range(count - 1, -1, -1):
        if not factors[i]:
            continue
        backward = _step_back(
            forward[i], backward, steps[i], factors[i], i, speakers[i], goes_on, answers
        )
    return Expectations(log_sum, speakers, goes_on, answers)


def _step_on(
    states: Mapping[_State, float], step: Step, factor: Mapping[int, float]
) -> tuple[dict[_State, float], float]:
    stay, swap = math.exp(step.goes_on), math.exp(step.answers)
    following: dict[_State, float] = {}
    for (last, other), mass in states.items():
        for person, weight in factor.items():
            if person == last:
                state, weight = (last, other), weight * stay
            elif person == other:
                state, weight = (other, last), weight * swap
            else:
                state = (person, last)
            following[state] = following.get(state, 0.0) + mass * weight
    total = sum(following.values())
    best = max(following.values())
    kept = {s: mass / total for s, mass in following.items() if mass > _PRUNED * best}
    return kept, total


def _step_back(
    states: Mapping[_State, float],
    following: Mapping[_State, float],
    step: Step,
    factor: Mapping[int, float],
    index: int,
    speakers: dict[int, float],
    goes_on: list[float],
    answers: list[float],
) -> dict[_State, float]:
    stay, swap = math.exp(step.goes_on), math.exp(step.answers)
    backward: dict[_State, float] = {}
    by_person = dict.fromkeys(factor, 0.0)
    stays = swaps = 0.0
    for (last, other), mass in states.items():
        total = 0.0
        for person, weight in factor.items():
            if person == last:
                value = weight * stay * following.get((last, other), 0.0)
                stays += mass * value
            elif person == other:
                value = weight * swap * following.get((other, last), 0.0)
                swaps += mass * value
            else:
                value = weight * following.get((person, last), 0.0)
            by_person[person] += mass * value
            total += value
        backward[last, other] = total
    norm = sum(by_person.values()) or 1.0
    speakers.update({person: value / norm for person, value in by_person.items()})
    goes_on[index], answers[index] = stays / norm, swaps / norm
    best = max(backward.values()) or 1.0
    return {state: value / best for state, value in backward.items()}
