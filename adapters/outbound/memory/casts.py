from itertools import count

from domain.book import ContentVersion
from domain.cast import Cast
from domain.frontier import Frontier


class MemoryCastRepository:
    def __init__(self) -> None:
        self.casts: dict[ContentVersion, Cast] = {}
        self._revisions: dict[ContentVersion, str] = {}
        self._numbers = count(1)

    async def put(self, version: ContentVersion, cast: Cast) -> None:
        self.casts[version] = cast
        self._revisions[version] = str(next(self._numbers))

    async def get(self, version: ContentVersion, up_to: Frontier) -> Cast:
        return self.casts.get(version, Cast()).up_to(up_to)

    async def whole(self, version: ContentVersion) -> Cast:
        return self.casts.get(version, Cast())

    async def revision(self, version: ContentVersion) -> str:
        return self._revisions.get(version, "")

    async def delete(self, version: ContentVersion) -> None:
        self.casts.pop(version, None)
        self._revisions.pop(version, None)
