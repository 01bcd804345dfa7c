"""The matrix that takes the model's token vectors to fewer dimensions."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from application.ports.token_vectors import UNIT
from domain.errors import ModelUnavailable


class TokenProjection:
    """`path`: a float32 matrix [384, width] as NumPy writes it. Read on first use, which raises
    ModelUnavailable if it is missing or damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def matrix(self) -> npt.NDArray[np.float32]:
        try:
            matrix: npt.NDArray[np.float32] = np.load(self._path, allow_pickle=False)
            return matrix.astype(np.float32)
        except Exception as error:  # damage makes NumPy stumble in many ways
            raise ModelUnavailable(
                f"The token projection cannot be read from {self._path}; install Falsafa again."
            ) from error

    @property
    def width(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def digest(self) -> str:
        """Another one for every other matrix, and were the vectors of another length."""
        return hashlib.sha256(self.matrix.tobytes() + str(UNIT).encode()).hexdigest()[:12]


# Written by `make train-search`, which tells how.
SHIPPED_FILE = Path(__file__).parent / "data" / "token_projection.npy"
SHIPPED = TokenProjection(SHIPPED_FILE)
