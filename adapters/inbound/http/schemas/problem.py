"""Errors in the OpenAPI document; they are written by `problems`."""

from typing import Any

from pydantic import BaseModel, Field


class InvalidField(BaseModel):
    field: str
    message: str


class ProblemDetails(BaseModel):
    """RFC 9457. `code` is stable; `error` says the same as `detail`."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such book."])
    instance: str = Field(examples=["/api/books/4f0c3a52-8a0a-4b7c-9a0e-2f5f3c0d1e11"])
    code: str = Field(examples=["book_not_found"])
    error: str = Field(examples=["There is no such book."])
    invalid: list[InvalidField] | None = None


_WHEN = {
    400: "The request cannot be read.",
    401: "The API key is missing or wrong.",
    404: "It does not exist, or belongs to somebody else.",
    409: "It conflicts with what is there: not ready, or the key came with another request.",
    413: "Too large.",
    422: "The request can be read, but not be met as it is.",
    429: "A turn is running in this session already; wait for `Retry-After` seconds.",
    503: "A store cannot be reached; try again after `Retry-After` seconds.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer so. 422 is documented everywhere: FastAPI would
    otherwise describe its own shape there."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _WHEN[status], "content": content}
        for status in sorted({401, 422, 503, *statuses})
    }


def event_stream(description: str, example: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that streams events."""
    content = {"text/event-stream": {"schema": {"type": "string"}, "example": example}}
    return {200: {"description": description, "content": content}}
