"""A server that keeps and searches documents as TypeSense does, in memory.

`python -m tests.stubs.typesense --port N` serves it, to any number of processes; its key is
"test-key". From https://typesense.org/docs/latest/api/: punctuation is taken out of words, all
words of a query are wanted, the last ones are dropped while too little is found, a word with a
dash before it is unwanted, and among equals the default sorting field decides, falling. An alias
stands for its collection everywhere, also where it is dropped.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from tests.stubs.steered import SteeredServer, serve

KEY = "test-key"
VERSION = "29.0"
UNPUBLISHED = ("GET /debug",)  # not in the trimmed document
MOST_SEARCHES = 50


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FieldIn(Closed):
    name: str
    type: Literal["string", "string[]", "int32", "int64", "float", "bool"]
    optional: bool = False
    index: bool = True
    store: bool = True
    range_index: bool = False


class CollectionIn(Closed):
    name: str
    fields: list[FieldIn]
    default_sorting_field: str = ""


class AliasIn(Closed):
    collection_name: str


class Search(Closed):
    collection: str
    q: str
    query_by: str
    filter_by: str = ""
    include_fields: str = ""
    highlight_fields: str = ""
    prefix: Literal["true", "false"] = "true"
    num_typos: Literal["0", "1", "2"] = "2"
    min_len_1typo: int = 4
    typo_tokens_threshold: int = 100
    drop_tokens_threshold: int = 10
    per_page: int = Field(10, ge=1)
    page: int = Field(1, ge=1)


class Searches(Closed):
    searches: list[Search]


class _Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Kept:
    """A collection."""

    schema: CollectionIn
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        return self.schema.model_dump() | {"num_documents": len(self.documents), "created_at": 0}

    def put(self, line: str) -> dict[str, Any]:
        document = json.loads(line)
        for wanted in self.schema.fields:
            if wanted.name not in document and not wanted.optional:
                error = f"Field `{wanted.name}` has been declared in the schema, but is not found"
                return {"success": False, "code": 400, "error": error, "document": line}
        self.documents[document["id"]] = document
        return {"success": True}

    def shown(self, document: dict[str, Any], include: str) -> dict[str, Any]:
        hidden = {f.name for f in self.schema.fields if not f.store}
        names = set(include.split(",")) if include else set(document)
        return {name: document[name] for name in document if name in names - hidden}

    def sorting(self, document: dict[str, Any]) -> Any:
        return document.get(self.schema.default_sorting_field, 0)


class TypesenseStub(SteeredServer):
    def __init__(self) -> None:
        self.collections: dict[str, Kept] = {}
        self.aliases: dict[str, str] = {}
        app = FastAPI(openapi_url=None)
        _refuse_in_typesenses_words(app)
        _routes_of_the_server(app)
        _routes_of_collections(app, self)
        _routes_of_aliases(app, self)
        _routes_of_documents(app, self)
        self.app = app
        super().__init__(app, "typesense", UNPUBLISHED)

    def another_node(self) -> SteeredServer:
        """Of the same cluster, with faults of its own."""
        return SteeredServer(self.app, "typesense", UNPUBLISHED)

    def found(self, name: str) -> Kept:
        kept = self.collections.get(self.aliases.get(name, name))
        if kept is None:
            raise _Refusal(404, "Not Found")
        return kept


def _routes_of_the_server(app: FastAPI) -> None:
    @app.get("/health")
    async def health() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/debug")
    async def debug() -> dict[str, Any]:
        return {"state": 1, "version": VERSION}


def _routes_of_collections(app: FastAPI, stub: TypesenseStub) -> None:
    @app.post("/collections", status_code=201)
    async def create(body: CollectionIn) -> dict[str, Any]:
        if body.name in stub.collections:
            raise _Refusal(409, f"A collection with name `{body.name}` already exists.")
        stub.collections[body.name] = Kept(body)
        return stub.collections[body.name].summary()

    @app.get("/collections/{name}")
    async def retrieve(name: str) -> dict[str, Any]:
        return stub.found(name).summary()

    @app.delete("/collections/{name}")
    async def drop(name: str) -> dict[str, Any]:
        return stub.collections.pop(stub.found(name).schema.name).summary()


def _routes_of_aliases(app: FastAPI, stub: TypesenseStub) -> None:
    @app.put("/aliases/{name}")
    async def upsert(name: str, body: AliasIn) -> dict[str, str]:
        if name in stub.collections:
            raise _Refusal(500, f"Name `{name}` conflicts with an existing collection name.")
        stub.aliases[name] = body.collection_name
        return {"name": name, "collection_name": body.collection_name}

    @app.get("/aliases/{name}")
    async def retrieve(name: str) -> dict[str, str]:
        if name not in stub.aliases:
            raise _Refusal(404, "Not Found")
        return {"name": name, "collection_name": stub.aliases[name]}

    @app.delete("/aliases/{name}")
    async def delete(name: str) -> dict[str, str]:
        if name not in stub.aliases:
            raise _Refusal(404, "Not Found")
        return {"name": name, "collection_name": stub.aliases.pop(name)}


def _routes_of_documents(app: FastAPI, stub: TypesenseStub) -> None:
    @app.post("/collections/{name}/documents/import")
    async def import_(
        name: str, request: Request, action: Literal["create", "upsert", "update", "emplace"]
    ) -> PlainTextResponse:
        assert action == "upsert"
        kept = stub.found(name)
        lines = (await request.body()).decode().splitlines()
        answers = [json.dumps(kept.put(line)) for line in lines]
        return PlainTextResponse("\n".join(answers))

    @app.post("/multi_search")
    async def multi_search(body: Searches) -> dict[str, Any]:
        if len(body.searches) > MOST_SEARCHES:
            raise _Refusal(400, f"Number of multi searches exceeds `{MOST_SEARCHES}`.")
        return {"results": [_answer(stub, search) for search in body.searches]}


def _answer(stub: TypesenseStub, search: Search) -> dict[str, Any]:
    if search.per_page > 250:
        return {"code": 422, "error": "Only upto 250 hits can be fetched per page."}
    try:
        kept = stub.found(search.collection)
        hits = list(_hits(kept, search))
    except _Refusal as refusal:
        return {"code": refusal.status, "error": str(refusal)}
    hits.sort(key=lambda hit: (hit[0], kept.sorting(hit[1])), reverse=True)
    first = (search.page - 1) * search.per_page
    return {
        "facet_counts": [],
        "found": len(hits),
        "hits": [
            {
                "document": kept.shown(document, search.include_fields),
                "highlight": {},
                "highlights": [],
                "text_match": match,
            }
            for match, document in hits[first : first + search.per_page]
        ],
        "out_of": len(kept.documents),
        "page": search.page,
        "request_params": {
            "collection_name": search.collection,
            "first_q": search.q,
            "per_page": search.per_page,
            "q": search.q,
        },
        "search_cutoff": False,
        "search_time_ms": 1,
    }


def _hits(kept: Kept, search: Search) -> Iterator[tuple[int, dict[str, Any]]]:
    visible = [d for d in kept.documents.values() if _passes(d, search.filter_by)]
    fields = search.query_by.split(",")
    known = {f.name for f in kept.schema.fields if f.index}
    if not known.issuperset(fields):
        raise _Refusal(404, f"Could not find a field named `{search.query_by}` in the schema.")
    words = [(d, [_words(d.get(name, "")) for name in fields]) for d in visible]
    unwanted = {w for word in search.q.split() if word[0] == "-" for w in _words(word)}
    query = [w for word in search.q.split() if word[0] != "-" for w in _words(word)]
    hits: list[tuple[int, dict[str, Any]]] = []
    for typos in range(int(search.num_typos) + 1):
        for kept_words in range(len(query), 0, -1):
            hits = [
                (match, d)
                for d, by_field in words
                if not unwanted & set().union(*by_field)
                and (match := _match(query[:kept_words], by_field, search, typos))
            ]
            if len(hits) >= search.drop_tokens_threshold:
                break
        if len(hits) >= search.typo_tokens_threshold:
            break
    yield from hits


def _match(query: list[str], by_field: list[set[str]], search: Search, typos: int) -> int:
    """0 if a word is in no field; more for an earlier field, and for more fields."""
    score = 0
    for wanted in query:
        places = [n for n, there in enumerate(by_field) if _is_in(wanted, there, search, typos)]
        if not places:
            return 0
        score += 1000 + 100 * (len(by_field) - places[0]) + 10 * len(places) - typos
    return score


def _is_in(wanted: str, there: set[str], search: Search, typos: int) -> bool:
    if wanted in there:
        return True
    if search.prefix == "true" and any(word.startswith(wanted) for word in there):
        return True
    if typos == 0 or len(wanted) < search.min_len_1typo:
        return False
    return any(_one_edit_apart(wanted, word) for word in there)


def _one_edit_apart(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    same = next((n for n, c in enumerate(shorter) if c != longer[n]), len(shorter))
    skipped = same + (len(longer) == len(shorter))
    return shorter[skipped:] == longer[same + 1 :]


def _words(text: str) -> set[str]:
    """Parted by spaces alone; accents, capitals and punctuation taken out."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    cleaned = ("".join(c for c in word if c.isalnum()) for word in folded.split())
    return {word for word in cleaned if word}


def _passes(document: dict[str, Any], filter_by: str) -> bool:
    if not filter_by:
        return True
    name, _, limit = filter_by.partition(":<=")
    if name not in document or not limit.isdigit():
        raise _Refusal(400, f"Could not parse the filter query: `{filter_by}`.")
    return bool(document[name] <= int(limit))


def _refuse_in_typesenses_words(app: FastAPI) -> None:
    @app.exception_handler(_Refusal)
    async def refused(_: Request, refusal: _Refusal) -> JSONResponse:
        return JSONResponse({"message": str(refusal)}, refusal.status)

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, problem: RequestValidationError) -> JSONResponse:
        return JSONResponse({"message": str(problem.errors())}, 400)

    @app.middleware("http")
    async def take_bodies_for_json(request: Request, go_on: Any) -> Any:
        """As TypeSense does, to which its client names no content type."""
        headers = request.scope["headers"]
        request.scope["headers"] = [*headers, (b"content-type", b"application/json")]
        return await go_on(request)

    @app.middleware("http")
    async def ask_for_the_key(request: Request, go_on: Any) -> Any:
        key = request.headers.get("x-typesense-api-key")
        if request.url.path != "/health" and key != KEY:
            message = "Forbidden - a valid `x-typesense-api-key` header must be sent."
            return JSONResponse({"message": message}, 401)
        return await go_on(request)


if __name__ == "__main__":
    serve(TypesenseStub())
