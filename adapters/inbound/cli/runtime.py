"""Run one command: open what it needs, close it again, and turn an error into a line and a code.

Exit codes: 0 done, 1 failed, 2 wrong input, 3 not found, 130 interrupted, 143 told to end.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.console import show_error
from domain.errors import FalsafaError, InvalidInput, Misconfigured, NotFound

T = TypeVar("T")

EXIT_FAILED, EXIT_INPUT, EXIT_NOT_FOUND, EXIT_INTERRUPTED, EXIT_TOLD_TO_END = 1, 2, 3, 130, 143


def run(command: Callable[[], Coroutine[Any, Any, T]], *, opened: bool = True) -> T:
    """Run an async command to its end. Raises typer.Exit where it did not come to a good one.

    `opened=False` for what may not find the data folder in use.
    """
    try:
        return asyncio.run(_until_told_to_end(_with_resources(command) if opened else command()))
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except asyncio.CancelledError:
        raise typer.Exit(EXIT_TOLD_TO_END) from None
    except FalsafaError as error:
        show_error(error.code, error.message)
        raise typer.Exit(_exit_code(error)) from None


async def _until_told_to_end(command: Coroutine[Any, Any, T]) -> T:
    """`kill`, and a terminal that is closed, end a command as Ctrl-C does: what it holds, a job
    perhaps, is given back at once."""
    task = asyncio.current_task()
    assert task is not None
    for sent in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(sent, task.cancel)
    return await command


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
