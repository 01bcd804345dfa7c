from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.passage import Passage


@dataclass(frozen=True, slots=True)
class KeywordCandidate:
    passage_index: int
    score: float  # higher is better; comparable within one answer only; never shown


class KeywordIndex(Protocol):
    """Full text over passages and their contexts (BM25), one index a content version."""

    async def create(self, version: ContentVersion) -> None:
        """An empty index, in place of any the version had."""
        ...

    async def upsert(self, version: ContentVersion, passages: Sequence[Passage]) -> None: ...

    async def search(
        self, version: ContentVersion, query: str, up_to: Frontier, limit: int
    ) -> list[KeywordCandidate]:
        """Best first, only those visible. The query is a reader's words, never a query language;
        one without a searchable word finds nothing. Raises StoreUnavailable."""
        ...

    async def serve(self, version: ContentVersion) -> None:
        """The book's readers are given this version from now on: whoever else looks under the
        book's own name finds this index. Repeating it changes nothing."""
        ...

    async def count(self, version: ContentVersion) -> int: ...

    async def delete(self, version: ContentVersion) -> None:
        """Does nothing to what is gone already, nor to any other version, served or not."""
        ...
