"""Run one command: open what it needs, close it again, and turn an error into a line and a code.

Exit codes: 0 done, 1 failed, 2 wrong input, 3 not found, 130 interrupted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.console import err
from domain.errors import FalsafaError, InvalidInput, Misconfigured, NotFound

T = TypeVar("T")

EXIT_FAILED, EXIT_INPUT, EXIT_NOT_FOUND, EXIT_INTERRUPTED = 1, 2, 3, 130


def run(command: Callable[[], Coroutine[Any, Any, T]], *, opened: bool = True) -> T:
    """Run an async command to its end. Raises typer.Exit where it did not come to a good one.

    `opened=False` for what may not find the data folder in use.
    """
    try:
        return asyncio.run(_with_resources(command) if opened else command())
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except FalsafaError as error:
        err.print(f"[red]error[/red] ({error.code}): ", end="")
        err.print(error.message, markup=False)
        raise typer.Exit(_exit_code(error)) from None


@inject
async def _with_resources(
    command: Callable[[], Awaitable[T]],
    resources: AbstractAsyncContextManager[None] = Provide["resources"],
) -> T:
    async with resources:
        return await command()


def _exit_code(error: FalsafaError) -> int:
    if isinstance(error, NotFound):
        return EXIT_NOT_FOUND
    if isinstance(error, InvalidInput | Misconfigured):
        return EXIT_INPUT
    return EXIT_FAILED
