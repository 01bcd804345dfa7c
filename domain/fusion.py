"""Joining what several rankings say of the same passages."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

Scores = Mapping[int, float]  # by passage index, not negative; a passage left out has 0

# Of the largest score: where all are alike, rounding leaves a deviation of about 1e-16, in units of
# which every other signal would be lost.
ROUNDING = 1e-9


def standard_score_fusion(
    signals: Iterable[tuple[float, Scores]], population: int
) -> dict[int, float]:
    """The weighted sum of the signals, each in units of its own standard deviation.

    The deviation is over the whole `population`, the passages with 0 counted, so that a signal
    that singles few passages out weighs more for them. A mean is not taken away: it would move
    all passages alike. A signal that says the same of all of them says nothing.
    """
    fused: dict[int, float] = defaultdict(float)
    for weight, scores in signals:
        deviation = _standard_deviation(scores, population)
        if deviation > ROUNDING * max(scores.values(), default=0.0):
            for passage, score in scores.items():
                fused[passage] += weight * score / deviation
    return dict(fused)


def _standard_deviation(scores: Scores, population: int) -> float:
    mean = math.fsum(scores.values()) / max(1, population)
    squares = math.fsum((score - mean) ** 2 for score in scores.values())
    squares += (population - len(scores)) * mean**2
    return math.sqrt(squares / max(1, population))
