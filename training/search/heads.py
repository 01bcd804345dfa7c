"""The head over a query's last states, as it is learned: adapters/outbound/embedding/query_heads.py
works it out without PyTorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from adapters.outbound.embedding.query_heads import ATTENTION_HEADS, EPSILON
from adapters.outbound.embedding.token_projection import SHIPPED

STATES = 384
ATTENTION = 32  # of all heads together
WIDE = 64
DROPPED = 0.1
NO_SHARE = -4.0  # what speaks for no word begins with little weight

Arrays = Mapping[str, Any]  # by the names of QueryHead's fields


def untrained(generator: torch.Generator) -> dict[str, Any]:
    """Leaves everything as it is: what both layers add begins with nothing."""

    def spread(rows: int, columns: int) -> Any:
        limit = rows**-0.5
        return torch.empty(rows, columns).uniform_(-limit, limit, generator=generator)

    norm = torch.stack([torch.ones(STATES), torch.zeros(STATES)])
    return {
        "norm_1": norm.clone(),
        "attention": spread(STATES, 3 * ATTENTION),
        "attention_bias": torch.zeros(3 * ATTENTION),
        "joined": torch.zeros(ATTENTION, STATES),
        "joined_bias": torch.zeros(STATES),
        "norm_2": norm.clone(),
        "wide": spread(STATES, WIDE),
        "wide_bias": torch.zeros(WIDE),
        "narrow": torch.zeros(WIDE, STATES),
        "narrow_bias": torch.zeros(STATES),
        "projection": torch.from_numpy(SHIPPED.matrix).clone(),
        "weights": torch.zeros(STATES, 2),
        "weights_bias": torch.tensor([0.0, NO_SHARE]),
    }


def adapted(head: Arrays, states: Any, generator: torch.Generator | None) -> tuple[Any, Any, Any]:
    """As one of QueryHeads, of unit vectors; `generator`: of what is dropped while it learns."""
    moved = states + _dropped(_attended(head, _normed(states, head["norm_1"])), generator)
    wide = _normed(moved, head["norm_2"]) @ head["wide"] + head["wide_bias"]
    wide = functional.gelu(wide, approximate="tanh")
    moved = moved + _dropped(wide @ head["narrow"] + head["narrow_bias"], generator)
    vectors = functional.normalize(moved @ head["projection"], dim=1)
    exponents, shares = (moved @ head["weights"] + head["weights_bias"]).T
    return vectors, exponents.exp(), functional.softplus(shares) / len(states)


def mask(shape: Sequence[int], dropped: float, generator: torch.Generator) -> Any:
    """False for the share that is dropped."""
    return torch.rand(tuple(shape), generator=generator) >= dropped


def write_heads(path: Path, heads: Sequence[Arrays]) -> None:
    """In half precision: some hundred kB."""
    arrays = {name: torch.stack([head[name] for head in heads]).detach() for name in heads[0]}
    with path.open("wb") as file:
        np.savez_compressed(file, **{n: a.numpy().astype(np.float16) for n, a in arrays.items()})


def _attended(head: Arrays, rows: Any) -> Any:
    joint = rows @ head["attention"] + head["attention_bias"]
    query, key, value = joint.view(len(rows), 3, ATTENTION_HEADS, -1).permute(1, 2, 0, 3)
    mixed = functional.scaled_dot_product_attention(query, key, value)
    return mixed.permute(1, 0, 2).reshape(len(rows), -1) @ head["joined"] + head["joined_bias"]


def _normed(rows: Any, scale_and_bias: Any) -> Any:
    scale, bias = scale_and_bias
    return functional.layer_norm(rows, (STATES,), scale, bias, EPSILON)


def _dropped(values: Any, generator: torch.Generator | None) -> Any:
    if generator is None:
        return values
    return values * mask(values.shape, DROPPED, generator) / (1 - DROPPED)
