"""What is learned: a network, and with token vectors the head whose cosines it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from domain.features import LEAST_DEVIATION
from domain.network import LIMIT, Network
from domain.signals import BESIDE
from training.search.examples import MARGINS, Example, Tokens
from training.search.heads import adapted, mask

HIDDEN = 24
DROPPED = 0.2  # of the hidden units
TOKENS_DROPPED = 0.1  # of a question's, lest questions be learned by heart
LEAST_WEIGHT = 1e-6
BY_HAND = 2.0  # weight of the score set by hand, to begin with
BY_MARGIN = 20.0  # of a cosine of the head's, likewise

STANDINGS = ("", " below best", " above mean")
ABOVE_MEAN = f"{MARGINS[0]} {{}} above mean"


class Case:
    """An example in tensors."""

    def __init__(self, example: Example) -> None:
        self.rows = torch.from_numpy(example.rows)
        self.right = torch.from_numpy(example.right)
        self.tokens = TokenCase(example.tokens) if example.tokens else None

    def teaches(self, size: int) -> bool:
        """Whether some of the first so many are right, and some are not."""
        right = self.right[:size]
        return bool(right.any() and not right.all())


class TokenCase:
    """An example's tokens in tensors."""

    def __init__(self, tokens: Tokens) -> None:
        self.states = torch.from_numpy(tokens.states)
        self.rarities = torch.from_numpy(tokens.rarities)
        self.passages = torch.from_numpy(tokens.book.rows)
        self.there = torch.from_numpy(tokens.book.there)
        self.pool = torch.from_numpy(tokens.pool)
        self.beside = torch.from_numpy(tokens.beside)


class Model:
    """`names`: of the features that are given; `head`: by the names of QueryHead's fields, none
    without token vectors. The features that a head makes come after those given."""

    def __init__(
        self, names: tuple[str, ...], head: dict[str, Any], generator: torch.Generator
    ) -> None:
        margins = tuple(f"{m} {{}}{s}" for m in MARGINS for s in STANDINGS) if head else ()
        self.names = names + margins
        self.head = head
        width = len(self.names)
        self.centre, self.scale = torch.zeros(width), torch.ones(width)
        self.hidden = _spread(generator, width, (width, HIDDEN))
        self.bias = torch.zeros(HIDDEN)
        self.output = _spread(generator, HIDDEN, (HIDDEN,))
        self.straight = torch.zeros(width)
        for parameter in self.parameters():
            parameter.requires_grad_(True)

    def parameters(self) -> list[Any]:
        return [*self.head.values(), self.hidden, self.bias, self.output, self.straight]

    def standardize(self, cases: Sequence[Case]) -> None:
        """By the inputs as they are before anything is learned."""
        with torch.no_grad():
            every = torch.cat([self.inputs(case, len(case.rows), None) for case in cases])
            self.centre, self.scale = every.mean(0), 1 / (every.std(0, correction=0) + 1e-6)
            begin = {"fused": BY_HAND, ABOVE_MEAN: BY_MARGIN}
            for place, name in enumerate(self.names):
                own = 1.0 if name == "fused" else 1 / float(self.scale[place])
                self.straight[place] = begin.get(name, 0.0) * own
            self.has_straight = self.straight != 0

    def scores(self, case: Case, size: int, generator: torch.Generator | None = None) -> Any:
        """[size]: of the first so many; `generator`: of what is dropped while it learns."""
        inputs = self.inputs(case, size, generator)
        standard = ((inputs - self.centre) * self.scale).clamp(-LIMIT, LIMIT)
        units = (standard @ self.hidden + self.bias).relu()
        if generator is not None:
            units = units * mask(units.shape, DROPPED, generator) / (1 - DROPPED)
        return units @ self.output + standard @ (self.straight * self.has_straight)

    def network(self, number: int) -> Network:
        """`number`: by which its head is told from the others'."""
        return Network(
            tuple(name.format(number) for name in self.names),
            _rounded(self.centre),
            _rounded(self.scale),
            [_rounded(row) for row in self.hidden.T],
            _rounded(self.bias),
            _rounded(self.output),
            _rounded(self.straight * self.has_straight),
        )

    def inputs(self, case: Case, size: int, generator: torch.Generator | None) -> Any:
        """[size, features]: as `domain.ranking.features_of` makes them of the first so many."""
        rows = case.rows[:size]
        if case.tokens is None:
            return rows
        near, own = self._cosines(case.tokens, len(rows), generator)
        return torch.cat([rows, _standings(near), _standings(own)], dim=1)

    def _cosines(self, case: TokenCase, size: int, generator: torch.Generator | None) -> Any:
        """With those beside, and of each passage alone: as the signals of ADAPTED, in its order."""
        vectors, factors, shares = adapted(self.head, case.states, generator)
        weights = case.rarities * factors + shares
        if generator is not None:
            weights = weights * mask(weights.shape, TOKENS_DROPPED, generator)
        weights = weights / weights.sum().clamp_min(LEAST_WEIGHT)
        every = torch.cat([case.pool[:size], case.beside[:size].flatten()])
        used, places = torch.unique(every, return_inverse=True)
        products = case.passages[used.clamp_min(0)] @ vectors.T
        there = case.there[used.clamp_min(0)] & (used >= 0)[:, None]
        best = products.masked_fill(~there[:, :, None], -1.0).amax(1)
        alone = best[places[:size]]
        faded = BESIDE * best[places[size:].view(size, 2)].amax(1)
        return torch.maximum(alone, faded) @ weights, alone @ weights


def _standings(values: Any) -> Any:
    """As domain.features makes them."""
    above = values - values.mean()
    deviation = values.std(correction=0).clamp_min(LEAST_DEVIATION)
    return torch.stack([above / deviation, (values - values.max()) / deviation, above], dim=1)


def _spread(generator: torch.Generator, inputs: int, shape: tuple[int, ...]) -> Any:
    return torch.empty(shape).uniform_(-(inputs**-0.5), inputs**-0.5, generator=generator)


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 5) for value in values.detach()]
