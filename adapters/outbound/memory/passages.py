from collections.abc import Sequence

from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.passage import Passage


class MemoryPassageRepository:
    def __init__(self) -> None:
        self.passages: dict[ContentVersion, tuple[Passage, ...]] = {}

    async def put(self, version: ContentVersion, passages: Sequence[Passage]) -> None:
        self.passages[version] = tuple(sorted(passages, key=lambda p: p.index))

    async def get(
        self, version: ContentVersion, indices: Sequence[int], up_to: Frontier
    ) -> dict[int, Passage]:
        return {p.index: p for p in await self.all(version, up_to) if p.index in indices}

    async def all(self, version: ContentVersion, up_to: Frontier) -> Sequence[Passage]:
        return tuple(p for p in self.passages.get(version, ()) if up_to.sees(p.span))

    async def count(self, version: ContentVersion) -> int:
        return len(self.passages.get(version, ()))

    async def delete(self, version: ContentVersion) -> None:
        self.passages.pop(version, None)
