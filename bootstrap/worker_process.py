"""Processes that parse and cast: each for itself, so that a bad file takes only its process."""

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process

MEMORY_LIMIT = 4 << 30  # bytes of address space; a novel needs a tenth of it


def worker_pool(processes: int) -> ProcessPoolExecutor:
    """Spawned, not forked: a fork of a process with threads may lock up."""
    return ProcessPoolExecutor(
        max_workers=processes, mp_context=get_context("spawn"), initializer=_prepare
    )


def _prepare() -> None:
    # Ctrl-C goes to the whole terminal group; the parent decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    threading.Thread(target=_end_with_parent, daemon=True, name="parent-watch").start()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _end_with_parent() -> None:
    """A killed parent closes no pipe that we do not hold ourselves: watch for its end instead."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
