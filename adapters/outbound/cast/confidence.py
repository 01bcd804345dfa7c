"""From the decoder's probability to the share of such answers that are right."""

from __future__ import annotations

import math

from adapters.outbound.cast.weights import CURVES

# Less sure than that, and the answer is "unknown": it is sooner wrong than right.
BETTER_UNKNOWN = 0.5
_NEARLY = 1e-6


def confidence_of(probability: float, kind: str) -> float:
    """A confidence between 0 and 1 that rises with the probability.

    The chain takes its clues for independent and is surer of itself than it may be, each kind of
    utterance in its own measure (Platt 1999). `kind`: as in features.
    """
    p = min(max(probability, _NEARLY), 1 - _NEARLY)
    slope, shift = CURVES[kind]
    return round(1 / (1 + math.exp(-slope * math.log(p / (1 - p)) - shift)), 3)
