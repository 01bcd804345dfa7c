"""ASGI: what goes through an app is checked against the vendor's document."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.stubs.openapi import OpenApi


class CheckedTraffic:
    """`problems` holds what did not fit; a test's fixture asserts that it is empty.

    `unpublished`: operations ("GET /collections/*/aliases") that the vendor has and the trimmed
    document has not.
    """

    def __init__(self, app: ASGIApp, vendor: str, unpublished: Collection[str] = ()) -> None:
        self._app = app
        self._document = OpenApi.of(vendor)
        self._unpublished = tuple(unpublished)
        self.problems: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        document = self._document
        if document is None or scope["type"] != "http" or self._is_unpublished(scope):
            await self._app(scope, receive, send)
            return
        sent, answered = bytearray(), bytearray()
        answer: dict[str, Any] = {}
        has_left = False  # before its request was whole: what is answered then, nobody hears

        async def listen() -> Message:
            nonlocal has_left
            message = await receive()
            has_left = has_left or message["type"] == "http.disconnect"
            sent.extend(message.get("body", b""))
            return message

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.update(status=message["status"], headers=dict(message["headers"]))
            answered.extend(message.get("body", b""))
            is_last = message["type"] == "http.response.body" and not message.get("more_body")
            if is_last and not has_left:
                self._check(document, scope, bytes(sent), answer, bytes(answered))
            await send(message)

        await self._app(scope, listen, tell)

    def _is_unpublished(self, scope: Scope) -> bool:
        """Paths of ours to steer a stub begin with two underscores."""
        path: str = scope["path"]
        operation = f"{scope['method']} {path}"
        return path.startswith("/__") or any(fnmatchcase(operation, p) for p in self._unpublished)

    def _check(
        self,
        document: OpenApi,
        scope: Scope,
        sent: bytes,
        answer: dict[str, Any],
        answered: bytes,
    ) -> None:
        method, path = scope["method"], scope["path"]
        if scope["query_string"]:
            path += "?" + scope["query_string"].decode()
        status: int = answer["status"]
        media_type = answer["headers"].get(b"content-type", b"application/json").decode()
        where = f"{method} {scope['path']}"
        if status < 400:  # a request that is refused may well be wrong
            request = document.problems_of_request(method, path, sent)
            self.problems += [f"request {where}: {problem}" for problem in request]
        response = document.problems_of_response(method, path, status, answered, media_type)
        self.problems += [f"response {where} {status}: {problem}" for problem in response]
