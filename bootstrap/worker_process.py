"""Processes that parse and cast: each for itself, so that a bad file takes only its process."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

T = TypeVar("T")


class WorkerPool(Executor):
    """A process pool that is made anew after one of its processes has died.

    Whoever waited on the broken pool gets BrokenExecutor; the next piece of work finds a whole
    one.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool = self._new_pool()
        self._renewing = threading.Lock()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        pool = self._pool
        try:
            return pool.submit(fn, *args, **kwargs)
        except BrokenExecutor:
            with self._renewing:
                if self._pool is pool:
                    pool.shutdown(wait=False)
                    self._pool = self._new_pool()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _new_pool(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a fork of a process that has threads may lock up.
        return ProcessPoolExecutor(
            max_workers=self._processes, mp_context=get_context("spawn"), initializer=_prepare
        )


def _prepare() -> None:
    # Ctrl-C goes to the whole terminal group; the parent decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True, name="parent-watch").start()


def _end_with_parent() -> None:
    """A killed parent closes no pipe that we do not hold ourselves: watch for its end instead."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
