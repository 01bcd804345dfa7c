from collections.abc import Sequence
from typing import Protocol

from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.passage import Passage


class PassageRepository(Protocol):
    """The passages of content versions, in reading order."""

    async def put(self, version: ContentVersion, passages: Sequence[Passage]) -> None:
        """Replace the version's passages as a whole."""
        ...

    async def get(
        self, version: ContentVersion, indices: Sequence[int], up_to: Frontier
    ) -> dict[int, Passage]:
        """Those of the wanted passages that exist and are visible, by index."""
        ...

    async def all(self, version: ContentVersion, up_to: Frontier) -> Sequence[Passage]: ...

    async def count(self, version: ContentVersion) -> int: ...

    async def delete(self, version: ContentVersion) -> None: ...
