"""What is kept of a vector in Qdrant, and how it is found again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from qdrant_client import models

from application.ports.vector_index import VectorEntry
from domain.book import ContentVersion
from domain.frontier import Frontier

PointId = int | str

# Every field that is filtered by has an index: servers in strict mode refuse others.
INDEXED: dict[str, models.PayloadSchemaType | models.IntegerIndexParams] = {
    "end": models.IntegerIndexParams(
        type=models.IntegerIndexType.INTEGER, lookup=False, range=True
    ),
    "model": models.PayloadSchemaType.KEYWORD,
}
_NAMESPACE = uuid.UUID("6f1d3a52-6c0e-4f0b-8a75-0c4b3f4f7f6e")


def shared_id(version: ContentVersion, name: object) -> str:
    """An id among the points of many books: always the same for the same thing."""
    return str(uuid.uuid5(_NAMESPACE, f"{version}:{name}"))


def description_id(version: ContentVersion) -> str:
    return shared_id(version, "description")


def point(
    point_id: PointId, version: ContentVersion, model: str, entry: VectorEntry
) -> models.PointStruct:
    payload = {
        "book_id": version.book_id,
        "version": version.number,
        "chunk_index": entry.passage_index,
        "start": entry.span.start,
        "end": entry.span.end,
        "model": model,
    }
    return models.PointStruct(id=point_id, vector=list(entry.vector), payload=payload)


def description(
    point_id: PointId, version: ContentVersion, model: str, dimension: int
) -> models.PointStruct:
    """A point that tells what the index is made of. It has no `end`, so no search finds it.

    (A collection's own metadata is known to servers from 1.16 on only.)
    """
    payload = {
        "book_id": version.book_id,
        "version": version.number,
        "model": model,
        "dimension": dimension,
    }
    return models.PointStruct(id=point_id, vector=[1.0] + [0.0] * (dimension - 1), payload=payload)


def of_model(model: str) -> models.FieldCondition:
    return models.FieldCondition(key="model", match=models.MatchValue(value=model))


def visible(up_to: Frontier) -> models.FieldCondition:
    """Also with the whole book: only vectors of passages have an end."""
    return models.FieldCondition(key="end", range=models.Range(lte=up_to.offset))


def all_of(conditions: Sequence[models.FieldCondition]) -> models.Filter:
    return models.Filter(must=list(conditions))
