"""What runs until it is told to stop: the API, a worker, or both in one process, under uvicorn."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TYPE_CHECKING

import structlog
import uvicorn
from fastapi import FastAPI

from adapters.inbound.http.app import create_app, create_worker_app
from adapters.inbound.http.listening import open_listener
from bootstrap.checks import check_data_folder, check_listening, check_settings
from bootstrap.logging import configure_logging
from bootstrap.resources import models_of
from bootstrap.settings import Settings
from domain.errors import Misconfigured

if TYPE_CHECKING:
    from bootstrap.container import Container

log = structlog.get_logger()

GRACE_SECONDS = 10  # that open requests have when the server is told to stop

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Server:
    def __init__(self, container: "Container", settings: Settings) -> None:
        self._container = container
        self._settings = settings
        self._uvicorn: _Uvicorn | None = None
        self._worker_died = False

    def run(self, host: str | None, port: int | None, *, worker: bool = True) -> None:
        """Serve the API, with a worker beside it unless told otherwise, until a signal ends it.

        Raises Misconfigured; SystemExit if the worker died, so that a supervisor starts anew.
        """
        settings = self._settings
        number = settings.port if port is None else port
        if worker:
            self._prepare()
        self._serve(host or settings.host, number, lambda: self.app(worker=worker))

    def run_worker(self, host: str | None, port: int | None) -> None:
        """Work on jobs until a signal ends it, and serve the worker's own health and metrics.

        Raises Misconfigured; SystemExit if the worker died.
        """
        settings = self._settings
        number = settings.worker_port if port is None else port
        self._prepare()
        self._serve(host or settings.host, number, self.worker_app)

    def app(self, *, worker: bool = True) -> FastAPI:
        return self._wired(create_app, self._api_and_worker if worker else self._api_alone)

    def worker_app(self) -> FastAPI:
        return self._wired(create_worker_app, self._api_and_worker)

    def _prepare(self) -> None:
        """What a worker loads first, before anything of it is seen to run: models that are not
        there end the start with a sentence."""
        check_settings(self._settings)
        asyncio.run(self._container.extractor().prepare())

    def _wired(self, create: Callable[..., FastAPI], lifespan: Lifespan) -> FastAPI:
        self._container.wire(packages=["adapters.inbound.http"])
        app = create(self._container.http_config(), lifespan)
        app.state.end_turns = self._end_turns
        return app

    def _serve(self, host: str, port: int, app: Callable[[], FastAPI]) -> None:
        settings = self._settings
        check_settings(settings)
        check_listening(settings, host)
        check_data_folder(settings)
        models_of(self._container)  # one that is misconfigured is told before anything starts
        configure_logging(settings.log_level, settings.log_format)
        try:
            listener = open_listener(host, port)
        except OSError as error:
            raise Misconfigured(
                f"{host}:{port} cannot be listened on ({error.strerror}). "
                "Choose another: --port, or FALSAFA_PORT"
            ) from error
        config = uvicorn.Config(
            app(),
            log_config=None,
            access_log=False,  # paths and queries hold readers' words; the metrics count requests
            timeout_graceful_shutdown=GRACE_SECONDS,
            server_header=False,
        )
        self._uvicorn = _Uvicorn(config)
        with listener, suppress(KeyboardInterrupt):  # Ctrl-C is how a server is meant to end
            self._uvicorn.run(sockets=[listener])
        if self._worker_died:
            raise SystemExit(1)

    async def _end_turns(self) -> None:
        """Turns end with what they have said so far, so that their streams end too."""
        await self._container.turn_runner().aclose()

    @asynccontextmanager
    async def _api_alone(self, app: FastAPI) -> AsyncIterator[None]:
        async with self._container.resources():
            yield

    @asynccontextmanager
    async def _api_and_worker(self, app: FastAPI) -> AsyncIterator[None]:
        async with self._api_alone(app):
            worker = asyncio.create_task(self._container.job_manager().run())
            worker.add_done_callback(self._worker_ended)
            try:
                yield
            finally:
                worker.cancel()
                await asyncio.wait([worker])

    def _worker_ended(self, worker: "asyncio.Task[None]") -> None:
        """A process that takes in no more books must not look as if it did."""
        if not worker.cancelled() and (error := worker.exception()):
            log.critical("worker_died", error=type(error).__name__, exc_info=error)
            self._worker_died = True
            if self._uvicorn is not None:
                self._uvicorn.should_exit = True


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
