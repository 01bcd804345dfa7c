"""A server that embeds as Cohere's does (https://docs.cohere.com/reference/embed).

`python -m tests.stubs.cohere --port N` serves it; its key is "test-key".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import uuid4

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from tests.stubs.word_vectors import ModelServer, packed, serve, word_vector

FIXED = {"embed-english-v3.0": 1024}
CHOICES = (256, 512, 1024, 1536)


class EmbedIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    input_type: Literal["search_document", "search_query", "classification", "clustering"]
    texts: list[str] = Field(min_length=1, max_length=96)
    embedding_types: list[Literal["float", "base64"]] = ["float"]
    output_dimension: int | None = None
    truncate: Literal["NONE", "START", "END"] = "END"


def cohere_server(server: ModelServer) -> FastAPI:
    app = server.app(_error)

    @app.post("/v2/embed")
    async def embed(body: EmbedIn) -> JSONResponse:
        server.asked.append(body.model_dump(exclude_none=True))
        if body.model in FIXED:
            if body.output_dimension is not None:
                return JSONResponse(_error("output_dimension is not supported"), 400)
            width = FIXED[body.model]
        elif body.model == "embed-v4.0":
            width = body.output_dimension or CHOICES[-1]
        else:
            return JSONResponse(_error(f"model '{body.model}' not found"), 404)
        if body.model == "embed-v4.0" and width not in CHOICES:
            return JSONResponse(_error("invalid output_dimension"), 400)
        if any(not text.strip() for text in body.texts):
            return JSONResponse(_error("texts must not be empty"), 400)
        rows = [word_vector(text, width) for text in body.texts]
        answer = _answer(body.texts, rows, body.embedding_types)
        return JSONResponse(answer)

    return app


def _answer(texts: list[str], rows: list[list[float]], kinds: Sequence[str]) -> dict[str, Any]:
    embeddings: dict[str, object] = {"float": rows, "base64": [packed(row) for row in rows]}
    version = {"version": "2"}
    tokens = sum(len(text.split()) for text in texts)
    return {
        "id": str(uuid4()),
        "embeddings": {kind: embeddings[kind] for kind in kinds},
        "texts": texts,
        "response_type": "embeddings_by_type",
        "meta": {"api_version": version, "billed_units": {"input_tokens": tokens}},
    }


def _error(message: str) -> dict[str, Any]:
    return {"id": str(uuid4()), "message": message}


if __name__ == "__main__":
    serve(cohere_server(ModelServer()))
