"""From the decoder's probability to the share of such answers that are right."""

from __future__ import annotations

import math

# The chain takes its clues for independent and is surer of itself than it may be: by how much was
# read off a table of its probabilities against its success on whole novels.
_SLOPE = 0.45
_SHIFT = -0.25
_NEARLY = 1e-6


def confidence_of(probability: float) -> float:
    """A confidence between 0 and 1 that rises with the probability."""
    p = min(max(probability, _NEARLY), 1 - _NEARLY)
    log_odds = _SLOPE * math.log(p / (1 - p)) + _SHIFT
    return round(1 / (1 + math.exp(-log_odds)), 3)
