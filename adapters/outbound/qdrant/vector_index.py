"""Nearest passages in Qdrant: https://api.qdrant.tech/api-reference"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from qdrant_client import models

from adapters.outbound.qdrant.client import Absent, QdrantConnection, Refused
from adapters.outbound.qdrant.own_collections import OwnCollections
from adapters.outbound.qdrant.placement import Placement
from adapters.outbound.qdrant.points import (
    all_of,
    description,
    description_id,
    of_model,
    point,
    visible,
)
from adapters.outbound.qdrant.shared_collection import SharedCollection
from application.ports.embedder import Vector
from application.ports.vector_index import Candidate, VectorEntry
from domain.book import ContentVersion
from domain.errors import EmbeddingMismatch, StoreUnavailable
from domain.frontier import WHOLE_BOOK, Frontier

BATCH = 256  # points a request: some 8 MB of JSON for the widest vectors; a server takes 32
VECTORS_A_PASSAGE = 4  # fetched for each passage that is wanted, before more are asked for
SEARCH_SECONDS = 10.0


class QdrantVectorIndex:
    """Searched exactly, by cosine, the frontier as a filter on the server.

    Each point bears the name of its model, and searches filter by it, so that vectors of another
    model are never compared with, not even while a book is being embedded anew.
    """

    def __init__(self, qdrant: QdrantConnection, *, collection: str = "") -> None:
        """`collection`: of all books together; "" for one a version of a book."""
        self._qdrant = qdrant
        self._at: Placement = (
            SharedCollection(qdrant, collection) if collection else OwnCollections(qdrant)
        )

    async def create(self, version: ContentVersion, model: str, dimension: int) -> None:
        await self._at.create(version, dimension)
        point_id = description_id(version)
        await self._put(version, [description(point_id, version, model, dimension)])

    async def upsert(self, version: ContentVersion, entries: Sequence[VectorEntry]) -> None:
        described = await self._described(version)
        if described is None:
            raise StoreUnavailable("The book's vectors were taken away. Process the book again.")
        model, _ = described
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            points = [point(self._at.point_id(version, e.key), version, model, e) for e in batch]
            await self._put(version, points)

    async def search(
        self, version: ContentVersion, vector: Vector, model: str, up_to: Frontier, limit: int
    ) -> list[Candidate]:
        conditions = [*self._at.conditions(version), of_model(model), visible(up_to)]
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                found = await self._nearest(version, vector, all_of(conditions), limit)
        except TimeoutError as error:
            raise StoreUnavailable("The vector index (Qdrant) took too long.") from error
        except Absent:
            return []
        except Refused:  # vectors of another width, maybe
            await self._check(version, model, len(vector))
            raise
        if not found:
            await self._check(version, model, len(vector))
        return found

    async def serve(self, version: ContentVersion) -> None:
        await self._at.serve(version)

    async def count(self, version: ContentVersion) -> int:
        vectors = all_of([*self._at.conditions(version), visible(WHOLE_BOOK)])
        collection = self._at.collection(version)
        try:
            found = await self._qdrant.ask(
                lambda client: client.count(collection, count_filter=vectors, exact=True)
            )
        except Absent:
            return 0
        return found.count

    async def delete(self, version: ContentVersion) -> None:
        await self._at.delete(version)

    async def _nearest(
        self, version: ContentVersion, vector: Vector, wanted: models.Filter, limit: int
    ) -> list[Candidate]:
        """Vectors come best first, so the first of a passage is its best; more are fetched until
        there are passages enough. (Grouping on the server may give fewer than there are.)"""
        fetched = limit * VECTORS_A_PASSAGE
        while True:
            points = await self._query(version, vector, wanted, fetched)
            best: dict[int, float] = {}
            for found in points:
                best.setdefault((found.payload or {})["chunk_index"], found.score)
            if len(best) >= limit or len(points) < fetched:
                nearest = sorted(best.items(), key=lambda item: (-item[1], item[0]))
                return [Candidate(passage, score) for passage, score in nearest[:limit]]
            fetched *= VECTORS_A_PASSAGE

    async def _query(
        self, version: ContentVersion, vector: Vector, wanted: models.Filter, limit: int
    ) -> list[models.ScoredPoint]:
        collection, query = self._at.collection(version), list(vector)
        answer = await self._qdrant.ask(
            lambda client: client.query_points(
                collection,
                query=query,
                query_filter=wanted,
                search_params=models.SearchParams(exact=True),
                limit=limit,
                with_payload=["chunk_index"],
            )
        )
        return answer.points

    async def _check(self, version: ContentVersion, model: str, dimension: int) -> None:
        described = await self._described(version)
        if described not in (None, (model, dimension)):
            indexed_model, indexed_dimension = described
            raise EmbeddingMismatch(
                f"This book was indexed with {indexed_model} ({indexed_dimension} wide), and is "
                f"searched with {model} ({dimension} wide). Embed it anew: "
                f"falsafa reindex {version.book_id}"
            )

    async def _described(self, version: ContentVersion) -> tuple[str, int] | None:
        """The model and the width that the index was created for."""
        collection, wanted = self._at.collection(version), [description_id(version)]
        try:
            found = await self._qdrant.ask(lambda client: client.retrieve(collection, wanted))
        except Absent:
            return None
        payloads = [record.payload or {} for record in found]
        return (payloads[0]["model"], payloads[0]["dimension"]) if payloads else None

    async def _put(self, version: ContentVersion, points: list[models.PointStruct]) -> None:
        """Seen by every search that begins after it."""
        collection = self._at.collection(version)
        await self._qdrant.ask(lambda client: client.upsert(collection, points, wait=True))
