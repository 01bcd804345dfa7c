from collections.abc import Sequence
from typing import Protocol

from domain.passage import Passage


class Reranker(Protocol):
    @property
    def name(self) -> str: ...

    async def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[int]:
        """Places in `passages`, best first, at most `limit`. Raises ModelUnavailable and its
        kin, ModelFailed."""
        ...
