"""One key for the whole server, told in a header and compared in constant time."""

import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.inbound.http.problems import unauthorized

# Orchestrators probe these without a key. /metrics is not among them: how much is read and asked
# is the operator's business, and a Prometheus scrape can carry a bearer token.
OPEN_PATHS = frozenset({"/health", "/ready", "/docs", "/redoc", "/openapi.json"})
DOCS_ASSETS = "/docs-assets"


class KeyMiddleware:
    def __init__(self, app: ASGIApp, api_key: str) -> None:
        self._app = app
        self._key = api_key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_open(scope["path"]) or self._is_known(scope):
            await self._app(scope, receive, send)
        else:
            await unauthorized(scope["path"])(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else headers.get("X-API-Key", "")
        return hmac.compare_digest(given.encode(), self._key)


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(f"{DOCS_ASSETS}/")
