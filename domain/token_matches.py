"""How near each token of a query comes to what stands in the passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenMatches:
    """`words`: for each token, the word of the query that it is a piece of; stop words and marks
    have no tokens here. `cosines`: by passage, for each token, its best over the passage's own; of
    candidates and of those beside them."""

    words: tuple[str, ...]
    cosines: Mapping[int, Sequence[float]]
