"""`falsafa serve`, the API and a worker in one process, and `falsafa worker`, one by itself."""

from collections.abc import Callable
from typing import Annotated, Protocol

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.console import err
from adapters.inbound.cli.runtime import EXIT_INPUT
from domain.errors import Misconfigured


class Server(Protocol):
    def run(self, host: str | None, port: int | None, *, worker: bool = True) -> None:
        """Serve until a signal ends it. Raises Misconfigured."""
        ...

    def run_worker(self, host: str | None, port: int | None) -> None:
        """Work until a signal ends it. Raises Misconfigured."""
        ...


Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535)]


def serve(
    host: Host = None,
    port: Port = None,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Whether it takes books in itself.")
    ] = True,
) -> None:
    """Serve the API on 127.0.0.1:8001, with a worker that takes books in.

    /docs shows every route. Beyond this machine, set AUTH_MODE=key and BACKEND_API_KEY first.
    """
    _run(lambda server: server.run(host, port, worker=worker))


def worker(host: Host = None, port: Port = None) -> None:
    """Take books in, without an API: any number of workers, wherever the queue is reached.

    Its own /metrics, /health and /ready are on 127.0.0.1:8002.
    """
    _run(lambda server: server.run_worker(host, port))


def _run(start: Callable[[Server], None]) -> None:
    try:
        _with_server(start)
    except Misconfigured as error:
        err.print(f"cannot start: {error.message}", style="red", markup=False)
        raise typer.Exit(EXIT_INPUT) from None


@inject
def _with_server(start: Callable[[Server], None], server: Server = Provide["server"]) -> None:
    start(server)
