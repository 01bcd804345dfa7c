"""Query heads as a file has them, for tests."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from adapters.outbound.embedding.query_heads import QueryHeads

Floats = npt.NDArray[np.float64]

STATES, JOINED, WIDE, WIDTH = 384, 32, 64, 4


def head(**changed: Floats) -> dict[str, Floats]:
    """That moves nothing, and whose vectors are the first four figures of a state."""
    norm = np.stack([np.ones(STATES), np.zeros(STATES)])
    return {
        "norm_1": norm,
        "attention": np.zeros((STATES, 3 * JOINED)),
        "attention_bias": np.zeros(3 * JOINED),
        "joined": np.zeros((JOINED, STATES)),
        "joined_bias": np.zeros(STATES),
        "norm_2": norm,
        "wide": np.zeros((STATES, WIDE)),
        "wide_bias": np.zeros(WIDE),
        "narrow": np.zeros((WIDE, STATES)),
        "narrow_bias": np.zeros(STATES),
        "projection": np.eye(STATES, WIDTH),
        "weights": np.zeros((STATES, 2)),
        "weights_bias": np.zeros(2),
    } | changed


def heads(folder: Path, *some: dict[str, Floats]) -> QueryHeads:
    path = folder / "heads.npz"
    np.savez(path, **{name: np.stack([one[name] for one in some]) for name in some[0]})  # type: ignore[arg-type]
    return QueryHeads(path)
