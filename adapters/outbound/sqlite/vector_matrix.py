"""The vectors of one content version in memory, and a bounded cache of such."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import numpy.typing as npt

from application.ports.vector_index import Candidate
from domain.book import ContentVersion
from domain.frontier import Frontier

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


class VectorMatrix:
    """`vectors` float32 [rows, dimension] of unit length; by row its passage, rising, and where
    the passage ends."""

    def __init__(self, vectors: Floats, passages: Integers, ends: Integers) -> None:
        self._vectors = vectors
        self._passages, self._first_rows = np.unique(passages, return_index=True)
        self._ends = ends[self._first_rows]

    @property
    def nbytes(self) -> int:
        return self._vectors.nbytes

    def nearest(self, vector: Floats, up_to: Frontier, limit: int) -> list[Candidate]:
        """Each passage by the best of its vectors; cosines, best first."""
        if not len(self._passages):
            return []
        # Not `@`: the threads of BLAS wait for one another wherever the cores have other work.
        cosines = np.maximum.reduceat(np.vecdot(self._vectors, vector), self._first_rows)
        (visible,) = np.nonzero(self._ends <= up_to.offset)
        best = visible[np.argsort(-cosines[visible], kind="stable")[:limit]]
        return [Candidate(int(self._passages[row]), float(cosines[row])) for row in best]


class MatrixCache:
    """The matrices used last, as many as fit into `limit` bytes; the newest always stays."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._matrices: OrderedDict[ContentVersion, tuple[str, VectorMatrix]] = OrderedDict()

    def get(self, version: ContentVersion, revision: str) -> VectorMatrix | None:
        kept_revision, matrix = self._matrices.get(version, ("", None))
        if matrix is None or kept_revision != revision:
            return None
        self._matrices.move_to_end(version)
        return matrix

    def put(self, version: ContentVersion, revision: str, matrix: VectorMatrix) -> None:
        self._matrices[version] = (revision, matrix)
        self._matrices.move_to_end(version)
        while len(self._matrices) > 1 and self.nbytes > self._limit:
            self._matrices.popitem(last=False)

    @property
    def nbytes(self) -> int:
        return sum(matrix.nbytes for _, matrix in self._matrices.values())
