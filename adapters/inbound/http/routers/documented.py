"""How the documented routes tell a malformed request: 400, where the native API says 422."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from adapters.inbound.http.problems import malformed


class DocumentedRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_malformed(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return malformed(error, request.url.path, 400)

        return handle_malformed
