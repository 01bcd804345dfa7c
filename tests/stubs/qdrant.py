"""A server that keeps and searches vectors as Qdrant does (https://api.qdrant.tech), in memory.

`python -m tests.stubs.qdrant --port N` serves it, to any number of processes. As a server in strict
mode does, it refuses to filter by a field that has no index.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from tests.stubs.steered import SteeredServer, serve

VERSION = "1.15.4"
UNPUBLISHED = ("GET /", "GET /collections/*/aliases")  # not in the trimmed document

PointId = int | str


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VectorParams(Closed):
    size: int = Field(ge=1, le=65536)
    distance: Literal["Cosine"]


class HnswConfig(Closed):
    m: int
    ef_construct: int = 100
    full_scan_threshold: int = 10000


class CreateCollection(Closed):
    vectors: VectorParams
    hnsw_config: HnswConfig = HnswConfig(m=16)


class IntegerIndex(Closed):
    type: Literal["integer"]
    lookup: bool = True
    range: bool = True


class KeywordIndex(Closed):
    type: Literal["keyword"]
    is_tenant: bool = False


class CreateIndex(Closed):
    field_name: str
    field_schema: (
        Literal["keyword", "integer"]
        | Annotated[IntegerIndex | KeywordIndex, Field(discriminator="type")]
    )

    @property
    def data_type(self) -> str:
        schema = self.field_schema
        return schema if isinstance(schema, str) else schema.type


class Point(Closed):
    id: PointId
    vector: list[float]
    payload: dict[str, Any] = {}


class Upsert(Closed):
    points: list[Point]


class Match(Closed):
    value: str | int


class Range(Closed):
    lt: float | None = None
    lte: float | None = None
    gt: float | None = None
    gte: float | None = None


class Condition(Closed):
    key: str
    match: Match | None = None
    range: Range | None = None

    def fits(self, payload: dict[str, Any]) -> bool:
        value = payload.get(self.key)
        if value is None:
            return False
        if self.match is not None:
            return bool(value == self.match.value)
        assert self.range is not None
        limits = self.range
        return (
            (limits.lt is None or value < limits.lt)
            and (limits.lte is None or value <= limits.lte)
            and (limits.gt is None or value > limits.gt)
            and (limits.gte is None or value >= limits.gte)
        )


class Filter(Closed):
    must: list[Condition]


class Nearest(Closed):
    nearest: list[float]


class SearchParams(Closed):
    exact: bool = False


class Query(Closed):
    query: Nearest | list[float]
    filter: Filter = Filter(must=[])
    params: SearchParams = SearchParams()
    limit: int = Field(10, ge=1)
    with_payload: bool | list[str] = False
    with_vector: bool = False

    @property
    def vector(self) -> list[float]:
        return self.query if isinstance(self.query, list) else self.query.nearest


class Retrieve(Closed):
    ids: list[PointId]
    with_payload: bool = True
    with_vector: bool = False


class Count(Closed):
    filter: Filter = Filter(must=[])
    exact: bool = True


class Delete(Closed):
    filter: Filter


class AliasOfCollection(Closed):
    collection_name: str
    alias_name: str


class Alias(Closed):
    alias_name: str


class AliasChange(Closed):
    create_alias: AliasOfCollection | None = None
    delete_alias: Alias | None = None


class AliasChanges(Closed):
    actions: list[AliasChange]


@dataclass
class Kept:
    """A collection."""

    config: CreateCollection
    points: dict[PointId, Point] = field(default_factory=dict)
    indexed: dict[str, str] = field(default_factory=dict)
    tenant: str = ""  # the field that parts the books

    def matching(self, wanted: Filter) -> list[Point]:
        for condition in wanted.must:
            if condition.key not in self.indexed:
                raise _refusal(400, f'Index required but not found for "{condition.key}"')
        fitting = self.points.values()
        return [p for p in fitting if all(c.fits(p.payload) for c in wanted.must)]

    def check_width(self, vector: list[float]) -> None:
        if len(vector) != self.config.vectors.size:
            expected = self.config.vectors.size
            raise _refusal(400, f"Vector dimension error: expected {expected}, got {len(vector)}")


class _Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _refusal(status: int, message: str) -> _Refusal:
    return _Refusal(status, message)


class QdrantStub(SteeredServer):
    def __init__(self, api_key: str | None = None) -> None:
        self.collections: dict[str, Kept] = {}
        self.aliases: dict[str, str] = {}
        app = FastAPI(openapi_url=None)
        _refuse_in_qdrants_words(app, api_key)
        _routes_of_collections(app, self)
        _routes_of_points(app, self)
        super().__init__(app, "qdrant", UNPUBLISHED)

    def found(self, name: str) -> Kept:
        kept = self.collections.get(self.aliases.get(name, name))
        if kept is None:
            raise _refusal(404, f"Not found: Collection `{name}` doesn't exist!")
        return kept


def _routes_of_collections(app: FastAPI, stub: QdrantStub) -> None:
    @app.get("/")
    async def about() -> dict[str, str]:
        return {"title": "qdrant - vector search engine", "version": VERSION, "commit": "0" * 40}

    @app.get("/collections")
    async def list_collections() -> dict[str, Any]:
        return _result({"collections": [{"name": name} for name in stub.collections]})

    @app.put("/collections/{name}")
    async def create(name: str, body: CreateCollection) -> dict[str, Any]:
        if name in stub.collections or name in stub.aliases:
            raise _refusal(409, f"Wrong input: Collection `{name}` already exists!")
        stub.collections[name] = Kept(body)
        return _result(True)

    @app.get("/collections/{name}")
    async def info(name: str) -> dict[str, Any]:
        kept = stub.found(name)
        config = {
            "params": {"vectors": kept.config.vectors.model_dump(), "shard_number": 1},
            "hnsw_config": kept.config.hnsw_config.model_dump(),
            "optimizer_config": {"default_segment_number": 0, "flush_interval_sec": 5},
        }
        schema = {n: {"data_type": kind, "points": 0} for n, kind in kept.indexed.items()}
        counts = {"points_count": len(kept.points), "segments_count": 1}
        state = {"status": "green", "optimizer_status": "ok"}
        return _result({**state, **counts, "config": config, "payload_schema": schema})

    @app.delete("/collections/{name}")
    async def drop(name: str) -> dict[str, Any]:
        existed = stub.collections.pop(name, None) is not None
        stub.aliases = {a: c for a, c in stub.aliases.items() if c in stub.collections}
        return _result(existed)

    @app.get("/collections/{name}/exists")
    async def exists(name: str) -> dict[str, Any]:
        return _result({"exists": stub.aliases.get(name, name) in stub.collections})

    @app.get("/collections/{name}/aliases")
    async def aliases_of(name: str) -> dict[str, Any]:
        stub.found(name)
        found = [a for a, collection in stub.aliases.items() if collection == name]
        return _result({"aliases": [{"alias_name": a, "collection_name": name} for a in found]})

    @app.post("/collections/aliases")
    async def change_aliases(body: AliasChanges) -> dict[str, Any]:
        aliases = dict(stub.aliases)
        for action in body.actions:
            if action.delete_alias:
                aliases.pop(action.delete_alias.alias_name, None)
            if new := action.create_alias:
                stub.found(new.collection_name)
                if new.alias_name in stub.collections:
                    message = f"Wrong input: Collection `{new.alias_name}` already exists!"
                    raise _refusal(409, message)
                aliases[new.alias_name] = new.collection_name
        stub.aliases = aliases
        return _result(True)

    @app.put("/collections/{name}/index")
    async def create_index(name: str, body: CreateIndex) -> dict[str, Any]:
        kept = stub.found(name)
        kept.indexed[body.field_name] = body.data_type
        if isinstance(body.field_schema, KeywordIndex) and body.field_schema.is_tenant:
            kept.tenant = body.field_name
        return _result({"operation_id": 1, "status": "completed"})


def _routes_of_points(app: FastAPI, stub: QdrantStub) -> None:
    @app.put("/collections/{name}/points")
    async def upsert(name: str, body: Upsert, wait: bool = False) -> dict[str, Any]:
        assert wait, "what is not waited for is not there for the next search"
        kept = stub.found(name)
        for point in body.points:
            kept.check_width(point.vector)
        kept.points.update({point.id: point for point in body.points})
        return _result({"operation_id": 1, "status": "completed"})

    @app.post("/collections/{name}/points")
    async def retrieve(name: str, body: Retrieve) -> dict[str, Any]:
        points = stub.found(name).points
        found = [points[point_id] for point_id in body.ids if point_id in points]
        return _result([{"id": point.id, "payload": point.payload} for point in found])

    @app.post("/collections/{name}/points/count")
    async def count(name: str, body: Count) -> dict[str, Any]:
        return _result({"count": len(stub.found(name).matching(body.filter))})

    @app.post("/collections/{name}/points/delete")
    async def delete(name: str, body: Delete, wait: bool = False) -> dict[str, Any]:
        assert wait
        kept = stub.found(name)
        for point in kept.matching(body.filter):
            del kept.points[point.id]
        return _result({"operation_id": 1, "status": "completed"})

    @app.post("/collections/{name}/points/query")
    async def query(name: str, body: Query) -> dict[str, Any]:
        kept = stub.found(name)
        kept.check_width(body.vector)
        points = kept.matching(body.filter)
        if not points:
            return _result({"points": []})
        cosines = _unit([p.vector for p in points]) @ _unit([body.vector])[0]
        order = np.argsort(-cosines, kind="stable")[: body.limit]
        return _result(
            {
                "points": [
                    {
                        "id": points[place].id,
                        "version": 0,
                        "score": float(cosines[place]),
                        "payload": _shown(points[place].payload, body.with_payload),
                    }
                    for place in order
                ]
            }
        )


def _shown(payload: dict[str, Any], wanted: bool | list[str]) -> dict[str, Any]:
    if isinstance(wanted, bool):
        return payload if wanted else {}
    return {name: value for name, value in payload.items() if name in wanted}


def _unit(vectors: list[list[float]]) -> npt.NDArray[np.float64]:
    rows = np.array(vectors, np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, np.where(lengths == 0, 1, lengths))


def _result(result: object) -> dict[str, Any]:
    return {"result": result, "status": "ok", "time": 0.001}


def _refuse_in_qdrants_words(app: FastAPI, api_key: str | None) -> None:
    def error(status: int, message: str) -> JSONResponse:
        return JSONResponse({"status": {"error": message}, "time": 0.0}, status)

    @app.exception_handler(_Refusal)
    async def refused(_: Request, refusal: _Refusal) -> JSONResponse:
        return error(refusal.status, str(refusal))

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, problem: RequestValidationError) -> JSONResponse:
        return error(400, f"Format error in JSON body: {problem.errors()}")

    @app.middleware("http")
    async def ask_for_the_key(request: Request, go_on: Any) -> Any:
        if api_key and request.url.path != "/" and request.headers.get("api-key") != api_key:
            return error(401, "Must provide an API key or an Authorization bearer token")
        return await go_on(request)


if __name__ == "__main__":
    serve(QdrantStub())
