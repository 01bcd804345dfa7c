"""What has to be closed: open for as long as a command or the server runs."""

import asyncio
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bootstrap.checks import check_data_folder, check_settings
from bootstrap.clients import clients_in_use

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
        check_settings(settings)
        check_data_folder(settings)
        async with AsyncExitStack() as stack:  # closes what was opened if the rest fails
            pool = container.worker_pool()
            # In a thread: a book that is being read is read to its end first.
            stack.push_async_callback(asyncio.to_thread, pool.shutdown, cancel_futures=True)
            for client in clients_in_use(container, settings):
                stack.push_async_callback(client.aclose)
            for model in models_of(container):
                if close := getattr(model, "aclose", None):
                    stack.push_async_callback(close)
            stack.push_async_callback(container.turn_runner().aclose)
            if settings.uses_database:
                await container.database().open()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()


def models_of(container: "Container") -> list[object]:
    """Raises Misconfigured."""
    return [*container.language_models(), container.embedder(), container.reranker()]
