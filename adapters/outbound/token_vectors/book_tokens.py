"""Late interaction over the token vectors of one book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from application.ports.token_vectors import UNIT, Levels

Rows = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float32]

# Multiplications of one matrix product. For more BLAS takes several threads, which wait for one
# another wherever the cores have other work: a hundred times as long, in the worst case.
PRODUCT = 1 << 18
TOKENS_AT_ONCE = 1024  # in figures of four bytes they stay in the processor's cache


class NumpyBookTokens:
    """`rows` int8 [tokens, width]; `counts`: how many of them each passage has, in order."""

    def __init__(self, rows: Rows, counts: npt.NDArray[np.uint32]) -> None:
        self._rows = rows
        self._starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def nbytes(self) -> int:
        return int(self._rows.nbytes + self._starts.nbytes)

    def rows(self, passages: range) -> Rows:
        """Of passages side by side, int8 [tokens, width]."""
        return self._rows[self._starts[passages.start] : self._starts[passages.stop]]

    def nearest(self, query: Levels, passages: Sequence[int]) -> dict[int, Sequence[float]]:
        levels = np.frombuffer(query, np.int8).reshape(-1, self._rows.shape[1])
        wanted = levels.astype(np.float32) / UNIT**2
        found: dict[int, Sequence[float]] = dict.fromkeys(passages, [0.0] * len(wanted))
        if len(wanted):
            for some in self._together(passages):
                found.update(zip(some, self._best(wanted, some), strict=True))
        return found

    def _together(self, passages: Sequence[int]) -> Iterator[range]:
        """Runs of neighbours, whose rows lie side by side; passages without a token left out."""
        first = end = -1
        for passage in sorted(passages):
            if self._starts[passage] == self._starts[passage + 1]:
                continue
            tokens = self._starts[passage + 1] - self._starts[max(first, 0)]
            if passage != end or tokens > TOKENS_AT_ONCE:
                yield range(first, end)
                first = passage
            end = passage + 1
        yield range(first, end)

    def _best(self, wanted: Floats, passages: range) -> list[list[float]]:
        if not passages:
            return []
        starts = self._starts[passages.start : passages.stop + 1]
        rows = self.rows(passages).astype(np.float32)
        products = np.empty((len(rows), len(wanted)), np.float32)
        for some in _blocks(len(rows), PRODUCT // wanted.size):
            np.matmul(rows[some], wanted.T, out=products[some])
        best: list[list[float]] = np.maximum.reduceat(products, starts[:-1] - starts[0]).tolist()
        return best


def _blocks(rows: int, most: int) -> Iterator[slice]:
    for start in range(0, rows, max(1, most)):
        yield slice(start, start + max(1, most))
