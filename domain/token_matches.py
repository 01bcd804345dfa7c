"""How near each token of a query comes to what stands in the passages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Cosines = Mapping[int, Sequence[float]]  # by passage, for each token, its best over the passage's


@dataclass(frozen=True, slots=True)
class AdaptedMatches:
    """Of a query's tokens after they were moved to where an answer stands, by several heads.

    `words`: as in TokenMatches, empty for a token of none. `factors`, `shares`: by head; a token
    weighs as its word does times its factor, and its share. `nearest` gives the cosines of the
    passages that are asked for, of the first head's tokens, then of the next one's: a search
    compares its best candidates alone.
    """

    words: tuple[str, ...]
    factors: Sequence[Sequence[float]]
    shares: Sequence[Sequence[float]]
    nearest: Callable[[Sequence[int]], Cosines]


@dataclass(frozen=True, slots=True)
class TokenMatches:
    """`words`: for each token, the word of the query that it is a piece of; stop words and marks
    have no tokens here. `cosines`: of candidates and of those beside them."""

    words: tuple[str, ...]
    cosines: Cosines
    adapted: AdaptedMatches
