"""A network that corrects the order set by hand, so that the right passages of a pool come first:
listwise softmax, Adam, dropout.

The loss is the cross-entropy of the right passages among all of the pool (Cao et al., "Learning
to Rank: From Pairwise Approach to Listwise Approach", 2007); steps as in Kingma and Ba, "Adam",
2015. The seed settles the order of examples and what is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from domain.network import LIMIT, Network
from training.search.examples import Example

SEED = 7
HIDDEN = 24
BY_HAND = 3.0  # weight of the score set by hand: with less, hard questions lose
EPOCHS = 8
BATCH = 32
RATE = 1e-3
DECAY = 1e-3  # of the weights, a step, times the rate
DROPPED = 0.2  # of the hidden units
FIRST, SECOND, TINY = 0.9, 0.999, 1e-8  # Adam's

Array = npt.NDArray[np.float32]


def learn(names: tuple[str, ...], examples: Sequence[Example]) -> Network:
    every = np.concatenate([example.rows for example in examples])
    centre, scale = every.mean(axis=0), 1 / (every.std(axis=0) + 1e-6)
    rows, right, there = _padded(examples, centre, scale)
    straight = np.where([name == "fused" for name in names], BY_HAND, 0).astype(np.float32)
    by_hand = rows @ straight
    random = np.random.default_rng(SEED)
    width = len(names)
    weights: list[Array] = [
        (random.uniform(-1, 1, (width, HIDDEN)) / np.sqrt(width)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        (random.uniform(-1, 1, HIDDEN) / np.sqrt(HIDDEN)).astype(np.float32),
    ]
    optimizer = _Adam(weights)
    for epoch in range(EPOCHS):
        order = random.permutation(len(rows))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            kept = (random.random(HIDDEN) >= DROPPED).astype(np.float32) / (1 - DROPPED)
            slopes = _slopes(weights, rows[batch], by_hand[batch], right[batch], there[batch], kept)
            optimizer.step(weights, slopes, RATE * (1 - epoch / EPOCHS))
    hidden, bias, output = weights
    return Network(
        names,
        _rounded(centre),
        _rounded(scale),
        [_rounded(row) for row in hidden.T],
        _rounded(bias),
        _rounded(output),
        _rounded(straight),
    )


def _padded(
    examples: Sequence[Example], centre: Array, scale: Array
) -> tuple[Array, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """[examples, longest pool, features], and which places are right, and which there at all."""
    longest = max(len(example.rows) for example in examples)
    rows = np.zeros((len(examples), longest, len(centre)), np.float32)
    right = np.zeros((len(examples), longest), bool)
    there = np.zeros((len(examples), longest), bool)
    for place, example in enumerate(examples):
        size = len(example.rows)
        rows[place, :size] = np.clip((example.rows - centre) * scale, -LIMIT, LIMIT)
        right[place, :size] = example.right
        there[place, :size] = True
    return rows, right, there


def _slopes(
    weights: Sequence[Array],
    rows: Array,
    by_hand: Array,
    right: npt.NDArray[np.bool_],
    there: npt.NDArray[np.bool_],
    kept: Array,
) -> list[Array]:
    """The loss's, by each weight."""
    hidden, bias, output = weights
    units = np.maximum(rows @ hidden + bias, 0) * kept
    scores = np.where(there, units @ output + by_hand, -np.inf)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    among_all = odds / odds.sum(axis=1, keepdims=True)
    among_right = odds * right / (odds * right).sum(axis=1, keepdims=True)
    by_score = ((among_all - among_right) / len(rows)).astype(np.float32)
    by_unit = by_score[..., None] * output * kept * (units > 0)
    flat = by_unit.reshape(-1, HIDDEN)
    by_hidden = rows.reshape(len(flat), -1).T @ flat
    return [by_hidden, flat.sum(axis=0), np.einsum("ep,eph->h", by_score, units)]


class _Adam:
    """With weight decay of its own (Loshchilov and Hutter, 2019)."""

    def __init__(self, weights: Sequence[Array]) -> None:
        self._means = [np.zeros_like(w) for w in weights]
        self._squares = [np.zeros_like(w) for w in weights]
        self._steps = 0

    def step(self, weights: Sequence[Array], slopes: Sequence[Array], rate: float) -> None:
        self._steps += 1
        for weight, slope, mean, square in zip(
            weights, slopes, self._means, self._squares, strict=True
        ):
            mean += (1 - FIRST) * (slope - mean)
            square += (1 - SECOND) * (slope**2 - square)
            ahead = mean / (1 - FIRST**self._steps)
            spread = np.sqrt(square / (1 - SECOND**self._steps))
            weight -= rate * (ahead / (spread + TINY) + DECAY * weight)


def _rounded(values: Array) -> list[float]:
    return [round(float(value), 5) for value in values]
