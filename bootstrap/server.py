"""The API and a worker in one process, under uvicorn."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import structlog
import uvicorn
from fastapi import FastAPI

from adapters.inbound.http.app import create_app
from adapters.inbound.http.listening import open_listener
from bootstrap.checks import check_data_folder, check_listening, check_settings
from bootstrap.logging import configure_logging
from bootstrap.settings import Settings
from domain.errors import Misconfigured

if TYPE_CHECKING:
    from bootstrap.container import Container

log = structlog.get_logger()

GRACE_SECONDS = 10  # that open requests have when the server is told to stop


class Server:
    def __init__(self, container: "Container", settings: Settings) -> None:
        self._container = container
        self._settings = settings

    def run(self, host: str | None, port: int | None) -> None:
        """Serve until a signal ends it. Raises Misconfigured."""
        settings = self._settings
        address, number = host or settings.host, settings.port if port is None else port
        check_settings(settings, os.environ)
        check_listening(settings, address)
        check_data_folder(settings)
        configure_logging(settings.log_level, settings.log_format)
        try:
            listener = open_listener(address, number)
        except OSError as error:
            raise Misconfigured(
                f"{address}:{number} cannot be listened on ({error.strerror}). "
                "Choose another: --port, or FALSAFA_PORT"
            ) from error
        config = uvicorn.Config(
            self.app(),
            log_config=None,
            access_log=False,  # paths and queries hold readers' words; the metrics count requests
            timeout_graceful_shutdown=GRACE_SECONDS,
            server_header=False,
        )
        with listener, suppress(KeyboardInterrupt):  # Ctrl-C is how a server is meant to end
            _Uvicorn(config).run(sockets=[listener])

    def app(self) -> FastAPI:
        self._container.wire(packages=["adapters.inbound.http"])
        app = create_app(self._container.http_config(), self._lifespan)
        app.state.end_turns = self._end_turns
        return app

    async def _end_turns(self) -> None:
        """Turns end with what they have said so far, so that their streams end too."""
        await self._container.turn_runner().aclose()

    @asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        async with self._container.resources():
            worker = asyncio.create_task(self._container.job_manager().run())
            try:
                yield
            finally:
                worker.cancel()
                with suppress(asyncio.CancelledError):
                    await worker


class _Uvicorn(uvicorn.Server):
    """Tells where it listens, also where the system chose the port.

    Uvicorn waits for open streams when it stops; those without an end are told to end first.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            host, port = listener.getsockname()[:2]
            url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            log.info("listening", url=url, docs=f"{url}/docs")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        assert isinstance(app, FastAPI)
        app.state.streams.close()
        await app.state.end_turns()
        await super().shutdown(sockets)
