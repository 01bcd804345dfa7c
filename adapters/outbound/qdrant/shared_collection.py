"""One collection for all books, for many thousands of them: each collection costs the server
memory and files. https://qdrant.tech/documentation/guides/multitenancy/"""

from __future__ import annotations

from contextlib import suppress

from qdrant_client import models

from adapters.outbound.qdrant.client import Absent, QdrantConnection
from adapters.outbound.qdrant.collections import make_collection
from adapters.outbound.qdrant.points import INDEXED, all_of, shared_id
from domain.book import ContentVersion
from domain.errors import EmbeddingMismatch

_INDEXED = {
    # As a tenant's key: a book's vectors lie side by side.
    "book_id": models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True),
    "version": models.PayloadSchemaType.INTEGER,
    **INDEXED,
}


class SharedCollection:
    """Nobody looks for a book by a collection's name here, so `serve` has nothing to switch; a
    plain collection of an older deployment stays as it is."""

    def __init__(self, qdrant: QdrantConnection, name: str) -> None:
        self._qdrant = qdrant
        self._name = name

    def collection(self, version: ContentVersion) -> str:
        return self._name

    def conditions(self, version: ContentVersion) -> list[models.FieldCondition]:
        return [
            models.FieldCondition(key="book_id", match=models.MatchValue(value=version.book_id)),
            models.FieldCondition(key="version", match=models.MatchValue(value=version.number)),
        ]

    def point_id(self, version: ContentVersion, key: int) -> str:
        return shared_id(version, key)

    async def create(self, version: ContentVersion, dimension: int) -> None:
        width = await self._width()
        if width is None:
            await make_collection(self._qdrant, self._name, dimension, _INDEXED)
        elif width != dimension:
            raise EmbeddingMismatch(
                f"The collection {self._name} holds vectors {width} wide, and the embedder's are "
                f"{dimension} wide. Give QDRANT_COLLECTION another name, and embed the books "
                f"anew: falsafa reindex {version.book_id}"
            )
        else:
            await self.delete(version)

    async def serve(self, version: ContentVersion) -> None:
        pass

    async def delete(self, version: ContentVersion) -> None:
        selected = models.FilterSelector(filter=all_of(self.conditions(version)))
        with suppress(Absent):
            await self._qdrant.ask(lambda client: client.delete(self._name, selected, wait=True))

    async def _width(self) -> int | None:
        try:
            found = await self._qdrant.ask(lambda client: client.get_collection(self._name))
        except Absent:
            return None
        vectors = found.config.params.vectors
        return vectors.size if isinstance(vectors, models.VectorParams) else None
