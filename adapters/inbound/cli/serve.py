"""`falsafa serve`: the API and a worker in one process."""

from typing import Annotated, Protocol

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.console import err
from adapters.inbound.cli.runtime import EXIT_INPUT
from domain.errors import Misconfigured


class Server(Protocol):
    def run(self, host: str | None, port: int | None) -> None:
        """Serve until a signal ends it. Raises Misconfigured."""
        ...


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535)] = None,
) -> None:
    """Serve the API on 127.0.0.1:8001, with a worker that takes books in.

    /docs shows every route. Beyond this machine, set AUTH_MODE=key and BACKEND_API_KEY first.
    """
    try:
        _serve(host, port)
    except Misconfigured as error:
        err.print(f"cannot start: {error.message}", style="red", markup=False)
        raise typer.Exit(EXIT_INPUT) from None


@inject
def _serve(host: str | None, port: int | None, server: Server = Provide["server"]) -> None:
    server.run(host, port)
