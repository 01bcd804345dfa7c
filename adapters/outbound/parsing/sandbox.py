"""Limits that the operating system enforces on a process while it reads a stranger's file."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.outbound.parsing.limits import ParsingLimits


@contextmanager
def confined(limits: ParsingLimits) -> Iterator[None]:
    """In a worker process: memory above the limit is refused, and the alarm kills what hangs.

    In the server's own process nothing is limited, for all its work would be.
    """
    if multiprocessing.parent_process() is None:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    if sys.platform == "linux":
        wanted = _data_size() + limits.max_memory_bytes
        ceiling = wanted if before[1] == resource.RLIM_INFINITY else min(wanted, before[1])
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling, before[1]))
    # The alarm's default is the end of the process: a library that loops heeds nothing less.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + limits.grace)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _data_size() -> int:
    """Bytes of private memory that the process has mapped already."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * resource.getpagesize()
