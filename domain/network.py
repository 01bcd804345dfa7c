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
    """`names`: of the inputs, in order; `centre`, `scale`: what makes standard ones of them.
    `hidden`: for each hidden unit the weights of the inputs. A unit is never below 0 (ReLU).
    `straight`: weights of inputs that have a part of their own in the score."""

    names: tuple[str, ...]
    centre: Row
    scale: Row
    hidden: Sequence[Row]
    bias: Row
    output: Row
    straight: Row

    def score(self, inputs: Mapping[str, float]) -> float:
        standard = [
            max(-LIMIT, min(LIMIT, (inputs[name] - centre) * scale))
            for name, centre, scale in zip(self.names, self.centre, self.scale, strict=True)
        ]
        units = (
            max(0.0, bias + sum(map(mul, weights, standard)))
            for weights, bias in zip(self.hidden, self.bias, strict=True)
        )
        corrections = math.fsum(map(mul, self.output, units))
        return corrections + math.fsum(map(mul, self.straight, standard))
