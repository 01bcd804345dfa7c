from domain.book import ContentVersion
from domain.cast import Cast
from domain.frontier import Frontier


class MemoryCastRepository:
    def __init__(self) -> None:
        self.casts: dict[ContentVersion, Cast] = {}

    async def put(self, version: ContentVersion, cast: Cast) -> None:
        self.casts[version] = cast

    async def get(self, version: ContentVersion, up_to: Frontier) -> Cast:
        return self.casts.get(version, Cast()).up_to(up_to)

    async def delete(self, version: ContentVersion) -> None:
        self.casts.pop(version, None)
