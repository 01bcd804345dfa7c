"""What the stubs of stores share: faults that a test wants, and traffic that is checked."""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

import uvicorn
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.stubs.checked_traffic import CheckedTraffic


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that is given once, instead of the right one."""

    status: int
    retry_after: str | None = None
    does_it: bool = False  # what was asked for is done, and only its answer is lost


class SteeredServer:
    """An ASGI app around a vendor's stub.

    `asked` holds "METHOD /path" of every request; `problems` what of the traffic does not fit
    the vendor's document, which a test's fixture asserts to be nothing.
    """

    def __init__(self, app: ASGIApp, vendor: str, unpublished: Collection[str] = ()) -> None:
        self._checked = CheckedTraffic(app, vendor, unpublished)
        self.faults: deque[Fault] = deque()
        self.silent = False  # takes every request, and answers none
        self.asked: list[str] = []
        self.before: Callable[[str], None] = lambda asked: None  # each request is answered

    @property
    def problems(self) -> list[str]:
        return self._checked.problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/__problems__":
            await JSONResponse(self.problems)(scope, receive, send)
            return
        asked = f"{scope['method']} {scope['path']}"
        self.asked.append(asked)
        self.before(asked)
        if self.silent:
            await asyncio.Event().wait()
        if not self.faults:
            await self._checked(scope, receive, send)
            return
        fault = self.faults.popleft()
        if fault.does_it:
            await self._checked(scope, receive, _into_nothing)
        headers = {"retry-after": fault.retry_after} if fault.retry_after else {}
        await Response("as the test wants it", fault.status, headers)(scope, receive, send)


async def _into_nothing(_: object) -> None:
    pass


def serve(app: ASGIApp) -> None:
    """For `python -m tests.stubs.<name> --port N`; `GET /__problems__` tells of the traffic."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(app, host="127.0.0.1", port=parser.parse_args().port, log_level="warning")
