"""A collection for each version of a book, and the book's id as an alias of the one that serves."""

from __future__ import annotations

from qdrant_client import models

from adapters.outbound.qdrant.client import Absent, QdrantConnection, Refused
from adapters.outbound.qdrant.collections import drop_collection, make_collection
from adapters.outbound.qdrant.points import INDEXED
from domain.book import ContentVersion


class OwnCollections:
    """`{book_id}__{version}`, under `{book_id}` while it serves.

    An older deployment has a plain collection named by the book's id, and an alias of the same
    name is refused. So the plain one stays until its replacement is whole and serves; then it is
    dropped and the alias set. Between these two requests there is nothing under the book's id
    (for as long as it takes if this process dies there: the phase is repeated). Readers of ours
    do not notice: they name the version.
    """

    def __init__(self, qdrant: QdrantConnection) -> None:
        self._qdrant = qdrant

    def collection(self, version: ContentVersion) -> str:
        return str(version)

    def conditions(self, version: ContentVersion) -> list[models.FieldCondition]:
        return []

    def point_id(self, version: ContentVersion, key: int) -> int:
        return key

    async def create(self, version: ContentVersion, dimension: int) -> None:
        served = await self._is_served(version)  # dropped, a collection takes its aliases along
        await drop_collection(self._qdrant, str(version))
        await make_collection(self._qdrant, str(version), dimension, INDEXED)
        if served:
            await self._switch(version)

    async def serve(self, version: ContentVersion) -> None:
        if not await self._qdrant.ask(lambda client: client.collection_exists(str(version))):
            raise Absent("The book's vectors were taken away. Process the book again.")
        try:
            await self._switch(version)
        except Refused:
            if version.book_id not in await self._plain_names():
                raise
            await drop_collection(self._qdrant, version.book_id)
            await self._switch(version)

    async def delete(self, version: ContentVersion) -> None:
        await drop_collection(self._qdrant, str(version))

    async def _switch(self, version: ContentVersion) -> None:
        """In one step on the server: https://qdrant.tech/documentation/concepts/collections/."""
        old = models.DeleteAlias(alias_name=version.book_id)
        new = models.CreateAlias(collection_name=str(version), alias_name=version.book_id)
        operations: list[models.AliasOperations] = [
            models.DeleteAliasOperation(delete_alias=old),
            models.CreateAliasOperation(create_alias=new),
        ]
        await self._qdrant.ask(lambda client: client.update_collection_aliases(operations))

    async def _is_served(self, version: ContentVersion) -> bool:
        try:
            found = await self._qdrant.ask(
                lambda client: client.get_collection_aliases(str(version))
            )
        except Absent:
            return False
        return version.book_id in {alias.alias_name for alias in found.aliases}

    async def _plain_names(self) -> set[str]:
        """Asked for by name, an alias would answer as a collection does."""
        found = await self._qdrant.ask(lambda client: client.get_collections())
        return {collection.name for collection in found.collections}
