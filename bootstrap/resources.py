"""What has to be closed: open for as long as a command or the server runs."""

import asyncio
import os
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bootstrap.checks import check_settings

if TYPE_CHECKING:
    from bootstrap.container import Container


class Resources:
    """An async context manager. Parts are made on first use; closing one that was never used
    costs nothing."""

    def __init__(self, container: "Container") -> None:
        self._container = container
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        container = self._container
        settings = container.settings()
        check_settings(settings, os.environ)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        pool = container.worker_pool()
        # In a thread: a book that is being read is read to its end first.
        self._stack.push_async_callback(asyncio.to_thread, pool.shutdown, cancel_futures=True)
        database = container.database()
        self._stack.push_async_callback(database.aclose)
        for part in (container.embedder(), container.chat_model()):
            if hasattr(part, "aclose"):
                self._stack.push_async_callback(part.aclose)
        self._stack.push_async_callback(container.turn_runner().aclose)
        await database.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()
