"""From the decoder's probability to the share of such answers that are right."""

from __future__ import annotations

# Hand-set: the chain is surer of itself than it may be.
_SHRINK = 0.95


def confidence_of(probability: float) -> float:
    return round(_SHRINK * probability, 3)
