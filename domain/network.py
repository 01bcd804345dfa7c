"""A small network of one hidden layer, worked out term by term."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul

Row = Sequence[float]

LIMIT = 4.0  # standard deviations: an input that lies farther out counts as this


@dataclass(frozen=True, slots=True)
class Network:
    """Raises ValueError if the shapes do not agree."""

    names: tuple[str, ...]  # of the inputs, in order
    centre: Row  # [inputs]: taken from each,
    scale: Row  # [inputs]: and what is left times this, to make standard ones of them
    hidden: Sequence[Row]  # [units][inputs]; a unit is never below 0 (ReLU)
    bias: Row  # [units]
    output: Row  # [units]
    straight: Row  # [inputs]: what each adds to the score beside the hidden layer

    def __post_init__(self) -> None:
        of_inputs = (self.centre, self.scale, self.straight, *self.hidden)
        of_units = (self.bias, self.output)
        if {len(row) for row in of_inputs} != {len(self.names)}:
            raise ValueError(f"each of the {len(self.names)} inputs has one weight in every row")
        if {len(row) for row in of_units} != {len(self.hidden)}:
            raise ValueError(f"each of the {len(self.hidden)} hidden units has one bias and output")

    def score(self, inputs: Mapping[str, float]) -> float:
        """`inputs`: by name; others than the network's are passed over. KeyError if one is
        missing."""
        standard = [
            max(-LIMIT, min(LIMIT, (inputs[name] - centre) * scale))
            for name, centre, scale in zip(self.names, self.centre, self.scale, strict=True)
        ]
        units = [
            max(0.0, bias + sum(map(mul, weights, standard)))
            for weights, bias in zip(self.hidden, self.bias, strict=True)
        ]
        corrections = math.fsum(map(mul, self.output, units))
        return corrections + math.fsum(map(mul, self.straight, standard))
