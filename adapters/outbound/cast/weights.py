"""What each feature is worth, in log-odds, and what the decoder's probabilities are worth.

`data/speaker_weights.json` is written by `make train-cast`, which tells how.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

FILE = "data/speaker_weights.json"


class Weights(NamedTuple):
    """By name of the feature: of a candidate, and of a turn's going on or back."""

    speaker: Mapping[str, float]
    turn: Mapping[str, float]


class Curve(NamedTuple):
    """From the log-odds of a probability to those of the answer's being right."""

    slope: float
    shift: float


def _load() -> tuple[Weights, dict[str, Curve]]:
    table = json.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    curves = {kind: Curve(*values) for kind, values in table["confidence"].items()}
    return Weights(table["speaker"], table["turn"]), curves


WEIGHTS, CURVES = _load()
