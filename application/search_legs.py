"""The two legs of a search: passages whose words match, and passages near in meaning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from application.late_interaction import LateInteraction
from application.ports.embedder import Embedder, Vector
from application.ports.keyword_index import KeywordIndex
from application.ports.metrics import Metrics, SearchLeg
from application.ports.token_vectors import EncodedQuery
from application.ports.vector_index import VectorIndex
from domain.book import ContentVersion
from domain.errors import FalsafaError, StoreUnavailable, Unavailable
from domain.frontier import Frontier

T = TypeVar("T")

CANDIDATES = 100  # of each leg
LONGEST_LEG = 15.0  # seconds; adapters give up sooner, each at what it waits for


@dataclass(frozen=True, slots=True)
class Found:
    """Cosines by passage, passages by words, what was missing. `encoded`: the query, with its
    tokens; None where the embedder gives none."""

    cosines: Mapping[int, float]
    by_words: Sequence[int]
    encoded: EncodedQuery | None
    signals: tuple[str, ...]
    degraded: tuple[str, ...]


class SearchLegs:
    def __init__(
        self,
        *,
        embedder: Embedder,
        vectors: VectorIndex,
        keywords: KeywordIndex,
        metrics: Metrics,
        late_interaction: LateInteraction | None,
    ) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._keywords = keywords
        self._metrics = metrics
        self._late_interaction = late_interaction

    async def find(
        self, version: ContentVersion, query: str, keywords: str, up_to: Frontier, limit: int
    ) -> Found:
        """Both at once. Where one fails, the other answers. Raises StoreUnavailable if both do."""
        limit = max(CANDIDATES, limit)
        (meaning, encoded), words = await asyncio.gather(
            self._by_meaning(version, query, up_to, limit),
            outcome_of(self._by_words(version, keywords, up_to, limit)),
        )
        legs: tuple[tuple[SearchLeg, object, str], ...] = (
            ("vectors", meaning, "words"),
            ("keywords", words, "meaning"),
        )
        signals, degraded = [], []
        for name, outcome, other in legs:
            if isinstance(outcome, FalsafaError):
                self._metrics.search_degraded(name)
                degraded.append(f"Searched by {other} alone. {outcome.message}")
            else:
                signals.append(name)
        if isinstance(meaning, FalsafaError) and isinstance(words, FalsafaError):
            raise StoreUnavailable(
                f"The book cannot be searched now. {meaning.message} {words.message}"
            ) from words
        return Found(
            cosines={} if isinstance(meaning, FalsafaError) else meaning,
            by_words=() if isinstance(words, FalsafaError) else words,
            encoded=encoded,
            signals=tuple(signals),
            degraded=tuple(degraded),
        )

    async def _by_meaning(
        self, version: ContentVersion, query: str, up_to: Frontier, limit: int
    ) -> tuple[dict[int, float] | FalsafaError, EncodedQuery | None]:
        """The encoded query is there too where the store of the vectors is away."""
        made = await outcome_of(self._encoded(query))
        if isinstance(made, FalsafaError):
            return made, None
        vector, encoded = made
        search = self._vectors.search(version, vector, self._embedder.model, up_to, limit)
        candidates = await outcome_of(search)
        if isinstance(candidates, FalsafaError):
            return candidates, encoded
        return {c.passage_index: c.score for c in candidates}, encoded

    async def _encoded(self, query: str) -> tuple[Vector, EncodedQuery | None]:
        if self._late_interaction is None:
            (vector,) = await self._embedder.embed([query], "query")
            return vector, None
        encoded = await self._late_interaction.encode_query(query)
        return encoded.vector, encoded

    async def _by_words(
        self, version: ContentVersion, keywords: str, up_to: Frontier, limit: int
    ) -> list[int]:
        candidates = await self._keywords.search(version, keywords, up_to, limit)
        return [candidate.passage_index for candidate in candidates]


async def outcome_of(work: Awaitable[T]) -> T | FalsafaError:
    """What fails, and what stalls, is told instead of raised."""
    try:
        async with asyncio.timeout(LONGEST_LEG):
            return await work
    except FalsafaError as error:
        return error
    except TimeoutError:
        return Unavailable("It took too long.")
