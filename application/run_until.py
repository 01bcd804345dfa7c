import asyncio
from collections.abc import Coroutine
from typing import Any


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
