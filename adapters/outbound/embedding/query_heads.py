"""What moves a query's tokens to where an answer stands: small heads over the model's last states.

A head is one layer of self-attention and one feed-forward layer (Vaswani et al., "Attention Is All
You Need", 2017), each beside what it was given, then a projection into the space of the passages'
token vectors, which stay as they are. Learned by `make train-search`, which tells how.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from application.ports.token_vectors import UNIT
from domain.errors import ModelUnavailable

Floats = npt.NDArray[np.float32]
Levels = npt.NDArray[np.int8]

ATTENTION_HEADS = 4  # of each layer of self-attention
EPSILON = 1e-5  # of a layer's norm
LARGEST_EXPONENT = 20.0  # e to the power of more would be no weight any more


@dataclass(frozen=True, slots=True)
class QueryHead:
    """Float32 weights. A: the width of all attention heads together; F: of the feed-forward layer;
    W: of a passage's token vectors."""

    norm_1: Floats  # [2, 384]: a layer norm's scale and bias
    attention: Floats  # [384, 3 A]: queries, keys and values
    attention_bias: Floats  # [3 A]
    joined: Floats  # [A, 384]
    joined_bias: Floats  # [384]
    norm_2: Floats  # [2, 384]
    wide: Floats  # [384, F]
    wide_bias: Floats  # [F]
    narrow: Floats  # [F, 384]
    narrow_bias: Floats  # [384]
    projection: Floats  # [384, W]
    weights: Floats  # [384, 2]: of a factor's logarithm, and of a share before its softplus
    weights_bias: Floats  # [2]


class QueryHeads:
    """Several that learned the same each for itself: together they err less.

    `path`: a file of NumPy's (npz) with the fields of QueryHead, [heads, ...] each, as
    `training/search/heads.py` writes it. Read on first use.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def adapt(self, states: Floats) -> tuple[Levels, Floats, Floats]:
        """`states` [tokens, 384]: the model's last, with both end marks. Returns vectors of length
        UNIT, [heads, tokens, W], and of each token its word's factor and a share, [heads, tokens].

        Raises ModelUnavailable if the file is missing or damaged.
        """
        levels, factors, shares = zip(*(_adapted(h, states) for h in self._heads), strict=True)
        return np.stack(levels), np.stack(factors), np.stack(shares)

    @cached_property
    def _heads(self) -> list[QueryHead]:
        try:
            # Opened here, for NumPy leaves a file open that is no archive.
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                arrays = [found[field.name].astype(np.float32) for field in fields(QueryHead)]
            return [QueryHead(*weights) for weights in zip(*arrays, strict=True)]
        except Exception as error:  # damage makes NumPy stumble in many ways
            raise ModelUnavailable(
                f"The query heads cannot be read from {self._path}; install Falsafa again."
            ) from error


def _adapted(head: QueryHead, states: Floats) -> tuple[Levels, Floats, Floats]:
    moved = states + _attended(head, _normed(states, head.norm_1))
    wide = _gelu(_normed(moved, head.norm_2) @ head.wide + head.wide_bias)
    moved = moved + wide @ head.narrow + head.narrow_bias
    vectors = moved @ head.projection
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = moved @ head.weights + head.weights_bias
    exponents, shares = np.clip(weights, -LARGEST_EXPONENT, LARGEST_EXPONENT).T
    levels = np.rint(vectors * UNIT).astype(np.int8)
    return levels, np.exp(exponents), np.log1p(np.exp(shares)) / len(states)


def _attended(head: QueryHead, rows: Floats) -> Floats:
    joint = rows @ head.attention + head.attention_bias
    query, key, value = joint.reshape(len(rows), 3, ATTENTION_HEADS, -1).transpose(1, 2, 0, 3)
    scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = scores / scores.sum(axis=-1, keepdims=True) @ value
    joined: Floats = mixed.transpose(1, 0, 2).reshape(len(rows), -1)
    attended: Floats = joined @ head.joined + head.joined_bias
    return attended


def _normed(rows: Floats, scale_and_bias: Floats) -> Floats:
    scale, bias = scale_and_bias
    centred = rows - rows.mean(axis=1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
    normed: Floats = centred / deviation * scale + bias
    return normed


def _gelu(rows: Floats) -> Floats:
    """By its approximation: NumPy has no error function (Hendrycks and Gimpel, 2016)."""
    inner = math.sqrt(2 / math.pi) * (rows + 0.044715 * rows**3)
    gelu: Floats = 0.5 * rows * (1 + np.tanh(inner))
    return gelu


SHIPPED_HEADS_FILE = Path(__file__).parent / "data" / "query_heads.npz"
SHIPPED_HEADS = QueryHeads(SHIPPED_HEADS_FILE)
