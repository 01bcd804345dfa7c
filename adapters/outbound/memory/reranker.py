from collections.abc import Sequence

from domain.passage import Passage
from domain.terms import terms


class OverlapReranker:
    """Prefers passages that have more of the query's terms; others keep their order."""

    name = "overlap"

    async def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[int]:
        wanted = set(terms(query))

        def missing(place: int) -> int:
            return len(wanted - set(terms(passages[place].text)))

        return sorted(range(len(passages)), key=missing)[:limit]
