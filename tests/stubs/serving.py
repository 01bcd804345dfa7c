"""Stubs of vendors' servers, served over real connections on this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app, log_config=None, ws="none", lifespan="off", timeout_graceful_shutdown=1
            )
        )
        self.is_up = asyncio.Event()
        self.is_done = asyncio.Event()

    async def main_loop(self) -> None:
        """Without uvicorn's ticks, which tests would wait for."""
        self.is_up.set()
        await self.is_done.wait()


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """On a free port; gives "http://127.0.0.1:<port>"."""
    # Told that it is TCP, asyncio sends each answer at once, and not 40 ms later.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(app)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await server.is_up.wait()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.is_done.set()
            await serving
