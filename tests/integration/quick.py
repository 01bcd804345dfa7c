"""Falsafa as it runs, but for two parts that are slow to start."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from dependency_injector import providers

from adapters.outbound.memory.embedder import TermEmbedder
from bootstrap.container import Container
from bootstrap.settings import Settings

T = TypeVar("T")


class Here(Executor):
    """Parses and casts in this very process: starting another takes longer than the work."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it, as from any executor
            future.set_exception(error)
        return future


def quick_container(settings: Settings) -> Container:
    """Real, but for the embedder and the process pool."""
    container = Container(settings=settings)
    container.embedder.override(providers.Singleton(TermEmbedder))
    container.worker_pool.override(providers.Singleton(Here))
    return container
