"""Tasks that end together."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def run_until(work: Coroutine[Any, Any, None], *stops: asyncio.Event) -> BaseException | None:
    """Run `work` until it ends or one of the events is set; then it is cancelled and waited for.

    Returns what it raised; None if it ended well or was cancelled. Nothing of it is still running
    afterwards, also if the caller itself is cancelled.
    """
    task = asyncio.create_task(work)
    waiting = [asyncio.create_task(stop.wait()) for stop in stops]
    try:
        await asyncio.wait({task, *waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for unfinished in (task, *waiting):
            unfinished.cancel()
        await asyncio.gather(task, *waiting, return_exceptions=True)
    return None if task.cancelled() else task.exception()


async def all_done(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What each gives, in order. The first error ends the others, and is raised by itself."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [task.result() for task in tasks]
