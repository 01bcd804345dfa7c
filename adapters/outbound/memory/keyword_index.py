from collections.abc import Sequence

from application.ports.keyword_index import KeywordCandidate
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.ids import BookId
from domain.passage import Passage
from domain.terms import terms


class MemoryKeywordIndex:
    """Ordered by how many of the query's terms a passage has, then by how often it has them."""

    def __init__(self) -> None:
        self.passages: dict[ContentVersion, dict[int, Passage]] = {}
        self.served: dict[BookId, ContentVersion] = {}

    async def create(self, version: ContentVersion) -> None:
        self.passages[version] = {}

    async def upsert(self, version: ContentVersion, passages: Sequence[Passage]) -> None:
        self.passages[version].update({p.index: p for p in passages})

    async def search(
        self, version: ContentVersion, query: str, up_to: Frontier, limit: int
    ) -> list[KeywordCandidate]:
        wanted = set(terms(query))
        found = []
        for passage in self.passages.get(version, {}).values():
            there = [t for t in terms(f"{passage.text} {passage.context}") if t in wanted]
            if there and up_to.sees(passage.span):
                score = len(set(there)) + len(there) / (len(there) + 1)
                found.append(KeywordCandidate(passage.index, score))
        found.sort(key=lambda c: (-c.score, c.passage_index))
        return found[:limit]

    async def serve(self, version: ContentVersion) -> None:
        self.served[version.book_id] = version

    async def count(self, version: ContentVersion) -> int:
        return len(self.passages.get(version, {}))

    async def delete(self, version: ContentVersion) -> None:
        self.passages.pop(version, None)
