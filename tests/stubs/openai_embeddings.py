"""A server that embeds as OpenAI's does (https://platform.openai.com/docs/api-reference/embeddings).

`python -m tests.stubs.openai_embeddings --port N` serves it; its key is "test-key".
"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from tests.stubs.word_vectors import ModelServer, packed, serve, word_vector

WIDTHS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "nomic-embed-text": 768}
MOST_TEXTS, MOST_TOKENS, MOST_TOKENS_A_TEXT = 2048, 300_000, 8_192


class EmbeddingsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    input: list[str] = Field(min_length=1, max_length=MOST_TEXTS)
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(None, ge=1)
    user: str | None = None


def openai_embeddings(server: ModelServer, *, packs: bool = True) -> FastAPI:
    """`packs=False`: as a compatible server that knows no base64, and no `dimensions`."""
    app = server.app(_error)

    @app.post("/v1/embeddings")
    async def embeddings(body: EmbeddingsIn) -> JSONResponse:
        server.asked.append(body.model_dump(exclude_none=True))
        width = WIDTHS.get(body.model)
        if width is None:
            return JSONResponse(_error("no such model", code="model_not_found"), 404)
        tokens = [len(text.split()) for text in body.input]
        if "" in body.input or max(tokens) > MOST_TOKENS_A_TEXT or sum(tokens) > MOST_TOKENS:
            return JSONResponse(_error("input is invalid"), 400)
        if body.dimensions and (not packs or body.dimensions > width):
            return JSONResponse(_error("dimensions are not supported", param="dimensions"), 400)
        rows = [word_vector(text, body.dimensions or width) for text in body.input]
        answer = _answer(body.model, sum(tokens), rows)
        server.answered.append(answer)
        if packs and body.encoding_format == "base64":
            answer = _answer(body.model, sum(tokens), [packed(row) for row in rows])
        return JSONResponse(answer)

    return app


def _answer(model: str, tokens: int, embeddings: list[list[float]] | list[str]) -> dict[str, Any]:
    data = [
        {"object": "embedding", "index": index, "embedding": embedding}
        for index, embedding in enumerate(embeddings)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    # Last first: the order is told by the index alone.
    return {"object": "list", "model": model, "data": data[::-1], "usage": usage}


def _error(message: str, *, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


if __name__ == "__main__":
    serve(openai_embeddings(ModelServer()))
