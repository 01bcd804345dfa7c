from typing import Protocol

from domain.book import ContentVersion
from domain.cast import Cast
from domain.frontier import Frontier


class CastRepository(Protocol):
    """The casts of content versions: characters, aliases, mentions, quotes, merges."""

    async def put(self, version: ContentVersion, cast: Cast) -> None:
        """Replace the version's cast as a whole, in one step."""
        ...

    async def get(self, version: ContentVersion, up_to: Frontier) -> Cast:
        """`cast.up_to(up_to)`; an empty cast if none was put."""
        ...

    async def whole(self, version: ContentVersion) -> Cast:
        """As it was put, with the characters as they stand before any merge: to change it, or to
        copy it, never to show it to a reader."""
        ...

    async def revision(self, version: ContentVersion) -> str:
        """Another one each time the version's cast is put; "" if none was."""
        ...

    async def delete(self, version: ContentVersion) -> None: ...
