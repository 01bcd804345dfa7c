"""A server that embeds and reranks as Jina's does.

`python -m tests.stubs.jina --port N` serves it; its key is "test-key". What Jina's pages say
(https://jina.ai/embeddings, https://jina.ai/reranker, https://api.jina.ai/openapi.json):

| Where | Field | What it holds |
|---|---|---|
| `Authorization` | | `Bearer` and the key; without one 401, without credit 403 or 402 |
| `POST /v1/embeddings` | `model` | jina-embeddings-v3, -v4, ...; an unknown one is 400 |
| | `input` | texts; each up to 8,192 tokens |
| | `task` | retrieval.query, retrieval.passage, text-matching, classification, separation |
| | `dimensions` | width of the vectors, at most the model's own (1,024 for v3) |
| | `truncate` | cut what is too long, instead of refusing it |
| | `normalized`, `embedding_type` | true and "float", if not said |
| answer | `model`, `object`, `usage` | `object` is "list"; `usage.total_tokens` |
| | `data[]` | `object` "embedding", `index`, `embedding` |
| `POST /v1/rerank` | `model` | jina-reranker-v3, ... |
| | `query`, `documents` | a text, and texts |
| | `top_n` | how many are given back; all, if not said |
| | `return_documents` | true, if not said: each result carries its document |
| answer | `model`, `usage` | `usage.total_tokens` |
| | `results[]` | best first: `index`, `relevance_score`, `document` where asked for |
| errors | `detail` | words; 429 beyond the rate, 422 for a body of the wrong form |
"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from tests.stubs.word_vectors import ModelServer, overlap, serve, word_vector

WIDTHS = {"jina-embeddings-v2-base-en": 768, "jina-embeddings-v3": 1024}
RERANKERS = ("jina-reranker-v3", "jina-reranker-v2-base-multilingual")
MOST_TOKENS_A_TEXT = 8_192

Task = Literal[
    "retrieval.query", "retrieval.passage", "text-matching", "classification", "separation"
]


class EmbeddingsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    input: list[str] = Field(min_length=1)
    task: Task | None = None
    dimensions: int | None = Field(None, ge=1)
    truncate: bool = False


class RerankIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    query: str
    documents: list[str] = Field(min_length=1)
    top_n: int | None = Field(None, ge=1)
    return_documents: bool = True


def jina_server(server: ModelServer) -> FastAPI:
    app = server.app(_error)

    @app.post("/v1/embeddings")
    async def embeddings(body: EmbeddingsIn) -> JSONResponse:
        server.asked.append(body.model_dump(exclude_none=True))
        width = WIDTHS.get(body.model)
        if width is None:
            return JSONResponse(_error(f"Model '{body.model}' not found"), 400)
        if (body.dimensions or width) > width:
            return JSONResponse(_error("dimensions are beyond the model's"), 422)
        if not body.truncate and any(len(t.split()) > MOST_TOKENS_A_TEXT for t in body.input):
            return JSONResponse(_error("input is too long"), 400)
        rows = [word_vector(text, body.dimensions or width) for text in body.input]
        data = [
            {"object": "embedding", "index": index, "embedding": row}
            for index, row in enumerate(rows)
        ]
        return JSONResponse(
            {"model": body.model, "object": "list", "usage": _usage(body.input), "data": data}
        )

    @app.post("/v1/rerank")
    async def rerank(body: RerankIn) -> JSONResponse:
        server.asked.append(body.model_dump(exclude_none=True))
        if body.model not in RERANKERS:
            return JSONResponse(_error(f"Model '{body.model}' not found"), 400)
        scores = [overlap(body.query, document) for document in body.documents]
        best = sorted(range(len(scores)), key=lambda place: -scores[place])[: body.top_n]
        results: list[dict[str, Any]] = [
            {"index": place, "relevance_score": scores[place]} for place in best
        ]
        if body.return_documents:
            for result in results:
                result["document"] = {"text": body.documents[result["index"]]}
        usage = _usage([body.query, *body.documents])
        return JSONResponse({"model": body.model, "usage": usage, "results": results})

    return app


def _usage(texts: list[str]) -> dict[str, int]:
    return {"total_tokens": sum(len(text.split()) for text in texts)}


def _error(message: str) -> dict[str, Any]:
    return {"detail": message}


if __name__ == "__main__":
    serve(jina_server(ModelServer()))
