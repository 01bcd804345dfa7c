"""The last resort: what no handler knows becomes a problem, its details only in our log."""

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.inbound.http.middleware.limits import ReaderStalled
from adapters.inbound.http.problems import internal_error

_log = structlog.get_logger(__name__)


class ErrorMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except (ClientDisconnect, ReaderStalled) as gone:
            # Nobody is there to answer; returning makes the server close the connection.
            _log.info("client_gone", path=scope["path"], reason=type(gone).__name__)
        except Exception:
            if scope["type"] != "http":
                raise
            _log.exception("unexpected_error", path=scope["path"])
            if started:
                raise  # the answer is cut off: only a closed connection can still tell
            await internal_error(scope["path"])(scope, receive, send)
