"""Steps that both placements are made of."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from qdrant_client import models

from adapters.outbound.qdrant.client import Absent, QdrantConnection, Refused


async def make_collection(
    qdrant: QdrantConnection, name: str, dimension: int, indexed: Mapping[str, Any]
) -> None:
    """Unless it is there already, be it by an attempt whose answer was lost.

    Without a graph for approximate search: one book has some thousands of vectors, among which
    an exact search takes milliseconds, finds the best for certain, and filters without loss.
    """
    try:
        await qdrant.ask(
            lambda client: client.create_collection(
                name,
                vectors_config=models.VectorParams(size=dimension, distance=models.Distance.COSINE),
                hnsw_config=models.HnswConfigDiff(m=0),
            )
        )
    except Refused:
        if not await qdrant.ask(lambda client: client.collection_exists(name)):
            raise
    for field, schema in indexed.items():
        await _index(qdrant, name, field, schema)


async def drop_collection(qdrant: QdrantConnection, name: str) -> None:
    with suppress(Absent):
        await qdrant.ask(lambda client: client.delete_collection(name))


async def _index(qdrant: QdrantConnection, name: str, field: str, schema: Any) -> None:
    await qdrant.ask(
        lambda client: client.create_payload_index(name, field_name=field, field_schema=schema)
    )
