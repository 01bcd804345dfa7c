"""Errors on the wire: one table from the error tree to statuses, and RFC 9457 problem details."""

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain import errors
from domain.errors import FalsafaError

_log = structlog.get_logger(__name__)

# The narrowest class that an error is an instance of decides.
STATUSES: Mapping[type[FalsafaError], int] = {
    errors.FalsafaError: 500,
    errors.InvalidInput: 422,
    errors.FileTooLarge: 413,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.SessionBusy: 429,
    errors.Unauthorized: 401,
    errors.Unavailable: 503,
    errors.ModelUnavailable: 502,
    errors.ModelFailed: 502,
    errors.EmbeddingMismatch: 503,
    errors.Misconfigured: 500,
}

# Seconds, where the error itself does not say how long to wait.
_RETRY_AFTER = {429: 1, 503: 5}

# Codes of what goes wrong before any use case is asked.
_HTTP_CODES = {
    400: "malformed_request",
    401: errors.Unauthorized.code,
    404: "route_not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: errors.FileTooLarge.code,
    415: "unsupported_media_type",
}


def status_of(kind: type[FalsafaError]) -> int:
    return next(STATUSES[base] for base in kind.__mro__ if base in STATUSES)


def status_of_code(code: str) -> int:
    """The status of an error that is known only by its code, as events carry it."""
    return _STATUS_OF_CODE.get(code, 500)


def error_classes(root: type[FalsafaError] = FalsafaError) -> Iterator[type[FalsafaError]]:
    """Those of the one tree; what an adapter refines for itself leaves it as its parent."""
    yield root
    for kind in root.__subclasses__():
        if kind.__module__ == root.__module__:
            yield from error_classes(kind)


_STATUS_OF_CODE = {kind.code: status_of(kind) for kind in error_classes()}


class Problem(Response):
    """Problem details; `code` and `error` are ours: frontends in production read only `error`."""

    media_type = "application/problem+json"

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        instance: str,
        *,
        invalid: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        body: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            "instance": instance,
            "code": code,
            "error": detail,
        }
        if invalid:
            body["invalid"] = list(invalid)
        # ASCII only: a path or a field's name may hold what UTF-8 cannot encode.
        super().__init__(json.dumps(body).encode("ascii"), status, headers)


def problem_of(error: FalsafaError, instance: str) -> Problem:
    status = status_of(type(error))
    return Problem(
        status, error.code, error.message, instance, headers=_headers(status, error.retry_after)
    )


def unauthorized(instance: str) -> Problem:
    return Problem(
        401,
        errors.Unauthorized.code,
        "Send the API key: `Authorization: Bearer <key>` or `X-API-Key: <key>`.",
        instance,
        headers=_headers(401, None),
    )


def internal_error(instance: str) -> Problem:
    detail = "Something went wrong on our side. Its log has the details under the X-Request-ID."
    return Problem(500, FalsafaError.code, detail, instance)


def malformed(error: RequestValidationError, instance: str, status: int) -> Problem:
    """A request that does not fit its schema. Unreadable JSON is 400 whatever the route says."""
    invalid = [
        {"field": ".".join(map(str, _field(e))), "message": _message(e)} for e in error.errors()
    ]
    if any(e["type"] == "json_invalid" for e in error.errors()):
        status = 400
    code = _HTTP_CODES[400] if status == 400 else errors.InvalidInput.code
    detail = "; ".join(f"{e['field']}: {e['message']}" for e in invalid[:3])
    return Problem(status, code, detail, instance, invalid=invalid)


def _field(error: Mapping[str, Any]) -> Sequence[str | int]:
    """Of JSON that cannot be read the place follows, which is no field."""
    place: tuple[str | int, ...] = error["loc"]
    return place[:1] if error["type"] == "json_invalid" else place


def _message(error: Mapping[str, Any]) -> str:
    """In a frontend's words: the validator counts the items of a text, and names its exceptions."""
    match error:
        case {"type": "json_invalid", "loc": [_, place], "ctx": {"error": why}}:
            return f"This is no JSON: {why} at character {place}"
        case {"type": "too_long", "input": str() as text, "ctx": {"max_length": most}}:
            return f"Give at most {most:,} characters; these are {len(text):,}"
        case {"type": "value_error", "ctx": {"error": why}}:
            return str(why)
        case {"type": "dict_type" | "model_attributes_type", "loc": ["body"]}:
            return "Send a JSON object, with Content-Type: application/json"
    return str(error["msg"])


def install(app: FastAPI) -> None:
    """Answer with problem details whatever goes wrong inside a route."""
    app.add_exception_handler(FalsafaError, _on_falsafa_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)


def _headers(status: int, retry_after: float | None) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="falsafa"'}
    seconds = retry_after if retry_after is not None else _RETRY_AFTER.get(status)
    return {} if seconds is None else {"Retry-After": str(max(1, round(seconds)))}


async def _on_falsafa_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, FalsafaError)
    problem = problem_of(error, request.url.path)
    if problem.status_code >= 500:
        _log.warning("request_failed", code=error.code, message=error.message, exc_info=error)
    return problem


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return malformed(error, request.url.path, 422)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, FalsafaError.code)
    detail = error.detail
    if error.status_code == 404:
        detail = "There is no such route; /docs lists those that there are."
    elif error.status_code == 405 and (allowed := (error.headers or {}).get("Allow")):
        detail = f"This route takes {allowed}; /docs lists them all."
    return Problem(error.status_code, code, detail, request.url.path, headers=error.headers)
