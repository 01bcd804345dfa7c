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
from domain.network import Network
from training.search.examples import Example
from training.search.heads import untrained
from training.search.model import Case, Model

SEED = 7
BATCH = 16
EPOCHS = 3
RATE = 7e-4
RATE_OF_STRAIGHT = 1e-2
DECAY = 0.01
AVERAGED = 0.99  # of the average stays at each step
LONGEST = 1.0  # of a step's gradient
POOL = 24  # of an example's: the others tell little


@dataclass(frozen=True, slots=True)
class Learnt:
    """`heads`: none without token vectors."""

    network: Network
    heads: list[dict[str, Any]]


def learn(names: tuple[str, ...], examples: Sequence[Example]) -> Learnt:
    """Some models, each of a network and a head, that differ by their seed; what comes of it is the
    mean of all."""
    torch.set_num_threads(1)  # more cost more than they gain, and might sum in another order
    cases = [Case(example) for example in examples]
    models = [_learned(names, cases, SEED + number) for number in range(QUERY_HEADS)]
    network = mean_of([model.network(number) for number, model in enumerate(models, 1)])
    return Learnt(network, [model.head for model in models if model.head])


def _learned(names: tuple[str, ...], cases: Sequence[Case], seed: int) -> Model:
    generator = torch.Generator().manual_seed(seed)
    head = untrained(generator) if cases[0].tokens else {}
    model = Model(names, head, generator)
    model.standardize(cases)
    _train(model, [case for case in cases if case.teaches(POOL)], generator)
    return model


def _train(model: Model, cases: Sequence[Case], generator: torch.Generator) -> None:
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


def _batches(cases: Sequence[Case], generator: torch.Generator) -> Iterator[list[Case]]:
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
