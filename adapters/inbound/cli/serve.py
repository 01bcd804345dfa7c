"""`falsafa serve`: the API and a worker in one process."""

from collections.abc import Callable
from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.console import err
from adapters.inbound.cli.runtime import EXIT_INPUT
from domain.errors import Misconfigured

Serve = Callable[[str | None, int | None], None]


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
def _serve(host: str | None, port: int | None, server: Serve = Provide["serve.provider"]) -> None:
    server(host, port)
