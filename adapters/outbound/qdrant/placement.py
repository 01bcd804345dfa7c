"""Where the vectors of a version lie: in a collection of their own, or among those of all books."""

from typing import Protocol

from qdrant_client import models

from adapters.outbound.qdrant.points import PointId
from domain.book import ContentVersion


class Placement(Protocol):
    """Errors are those of QdrantConnection."""

    def collection(self, version: ContentVersion) -> str: ...

    def conditions(self, version: ContentVersion) -> list[models.FieldCondition]:
        """By which the version's points are told from others in the collection."""
        ...

    def point_id(self, version: ContentVersion, key: int) -> PointId: ...

    async def create(self, version: ContentVersion, dimension: int) -> None: ...

    async def serve(self, version: ContentVersion) -> None: ...

    async def delete(self, version: ContentVersion) -> None: ...
