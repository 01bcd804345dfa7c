"""Networks that correct the order set by hand, so that the right passages of a pool come first,
and with the one for token vectors the head that moves a query's tokens.

The loss is the cross-entropy of the right passages among all of the pool (Cao et al., "Learning
to Rank: From Pairwise Approach to Listwise Approach", 2007), through the network into the head.
What ships is the average of the weights over the last steps (Izmailov et al., "Averaging Weights
Leads to Wider Optima and Better Generalization", 2018), which depends less on the seed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from application.ports.token_vectors import QUERY_HEADS
from domain.features import LEAST_DEVIATION
from domain.network import LIMIT, Network
from domain.signals import BESIDE
from training.search.examples import MARGINS, Example, Tokens
from training.search.heads import adapted, mask, untrained

SEED = 7
HIDDEN = 24
BATCH = 16
EPOCHS = 3
RATE = 7e-4
RATE_OF_STRAIGHT = 1e-2
DECAY = 0.01
DROPPED = 0.2  # of the hidden units
TOKENS_DROPPED = 0.1  # of a question's, lest questions be learned by heart
AVERAGED = 0.99  # of the average stays at each step
LEAST_WEIGHT = 1e-6
LONGEST = 1.0  # of a step's gradient
BY_HAND = 2.0  # weight of the score set by hand, to begin with
BY_MARGIN = 20.0  # of a cosine of the head's, likewise
POOL = 24  # of an example's: the others tell little

STANDINGS = ("", " below best", " above mean")
ABOVE_MEAN = f"{MARGINS[0]} {{}} above mean"


@dataclass(frozen=True, slots=True)
class Learnt:
    """`heads`: none without token vectors."""

    network: Network
    heads: list[dict[str, Any]]


def learn(names: tuple[str, ...], examples: Sequence[Example]) -> Learnt:
    """Some models, each of a network and a head, that differ by their seed; what comes of it is the
    mean of all."""
    torch.set_num_threads(1)  # more cost more than they gain, and might sum in another order
    cases = [_Case(example) for example in examples]
    models = [_learned(names, cases, SEED + number) for number in range(QUERY_HEADS)]
    network = mean_of([model.network(number) for number, model in enumerate(models, 1)])
    return Learnt(network, [model.head for model in models if model.head])


def _learned(names: tuple[str, ...], cases: Sequence[_Case], seed: int) -> _Model:
    generator = torch.Generator().manual_seed(seed)
    head = untrained(generator) if cases[0].tokens else {}
    model = _Model(names, head, generator)
    model.standardize(cases)
    _train(model, [case for case in cases if case.teaches], generator)
    return model


class _Case:
    def __init__(self, example: Example) -> None:
        self.rows = torch.from_numpy(example.rows)
        self.right = torch.from_numpy(example.right)
        self.tokens = _TokenCase(example.tokens) if example.tokens else None

    @property
    def teaches(self) -> bool:
        right = self.right[:POOL]
        return bool(right.any() and not right.all())


class _TokenCase:
    def __init__(self, tokens: Tokens) -> None:
        self.states = torch.from_numpy(tokens.states)
        self.rarities = torch.from_numpy(tokens.rarities)
        self.passages = torch.from_numpy(tokens.book.rows)
        self.there = torch.from_numpy(tokens.book.there)
        self.pool = torch.from_numpy(tokens.pool)
        self.beside = torch.from_numpy(tokens.beside)


class _Model:
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

    def standardize(self, cases: Sequence[_Case]) -> None:
        """By the inputs as they are before anything is learned."""
        with torch.no_grad():
            every = torch.cat([self._inputs(case, len(case.rows), None) for case in cases])
            self.centre, self.scale = every.mean(0), 1 / (every.std(0, correction=0) + 1e-6)
            begin = {"fused": BY_HAND, ABOVE_MEAN: BY_MARGIN}
            for place, name in enumerate(self.names):
                own = 1.0 if name == "fused" else 1 / float(self.scale[place])
                self.straight[place] = begin.get(name, 0.0) * own
            self.has_straight = self.straight != 0

    def scores(self, case: _Case, size: int, generator: torch.Generator | None = None) -> Any:
        inputs = self._inputs(case, size, generator)
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

    def _inputs(self, case: _Case, size: int, generator: torch.Generator | None) -> Any:
        rows = case.rows[:size]
        if case.tokens is None:
            return rows
        near, own = self._cosines(case.tokens, len(rows), generator)
        return torch.cat([rows, _standings(near), _standings(own)], dim=1)

    def _cosines(self, case: _TokenCase, size: int, generator: torch.Generator | None) -> Any:
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


def _train(model: _Model, cases: Sequence[_Case], generator: torch.Generator) -> None:
    others = [parameter for parameter in model.parameters() if parameter is not model.straight]
    optimizer = torch.optim.AdamW(
        [
            {"params": others, "lr": RATE, "weight_decay": DECAY},
            {"params": [model.straight], "lr": RATE_OF_STRAIGHT, "weight_decay": 0.0},
        ]
    )
    batches = EPOCHS * (len(cases) // BATCH)
    slower = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / batches)
    average = [parameter.detach().clone() for parameter in model.parameters()]
    steps = itertools.islice(_batches(cases, generator), batches)
    for step, batch in enumerate(steps, 1):
        optimizer.zero_grad()
        losses = []
        for case in batch:
            scores = model.scores(case, POOL, generator)
            right = case.right[: len(scores)]
            losses.append(scores.logsumexp(0) - scores[right].logsumexp(0))
        torch.stack(losses).mean().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LONGEST)
        optimizer.step()
        slower.step()
        stays = min(AVERAGED, (1 + step) / (10 + step))
        for kept, parameter in zip(average, model.parameters(), strict=True):
            kept.lerp_(parameter.detach(), 1 - stays)
    with torch.no_grad():
        for kept, parameter in zip(average, model.parameters(), strict=True):
            parameter.copy_(kept)


def _batches(cases: Sequence[_Case], generator: torch.Generator) -> Iterator[list[_Case]]:
    while True:
        order = torch.randperm(len(cases), generator=generator).tolist()
        for start in range(0, len(order) - BATCH + 1, BATCH):
            yield [cases[place] for place in order[start : start + BATCH]]


def mean_of(networks: Sequence[Network]) -> Network:
    """One whose score is the mean of theirs: their units side by side, each of its own inputs."""
    names = tuple(dict.fromkeys(name for network in networks for name in network.names))
    places = [[names.index(name) for name in network.names] for network in networks]
    centre, scale, straight = ([0.0] * len(names) for _ in range(3))
    hidden: list[list[float]] = []
    for network, own in zip(networks, places, strict=True):
        for input_, place in enumerate(own):
            centre[place], scale[place] = network.centre[input_], network.scale[input_]
            straight[place] += network.straight[input_] / len(networks)
        for weights in network.hidden:
            row = [0.0] * len(names)
            for place, weight in zip(own, weights, strict=True):
                row[place] = weight
            hidden.append(row)
    return Network(
        names,
        centre,
        scale,
        hidden,
        [bias for network in networks for bias in network.bias],
        [output / len(networks) for network in networks for output in network.output],
        straight,
    )


def _standings(values: Any) -> Any:
    """As domain.features makes them."""
    above = values - values.mean()
    deviation = values.std(correction=0).clamp_min(LEAST_DEVIATION)
    return torch.stack([above / deviation, (values - values.max()) / deviation, above], dim=1)


def _spread(generator: torch.Generator, inputs: int, shape: tuple[int, ...]) -> Any:
    return torch.empty(shape).uniform_(-(inputs**-0.5), inputs**-0.5, generator=generator)


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 5) for value in values.detach()]
