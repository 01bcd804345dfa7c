import os
import signal
import subprocess
import sys
from concurrent.futures import BrokenExecutor
from multiprocessing.connection import wait as wait_for_exit

import pytest

from bootstrap.worker_process import WorkerPool


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_work_after_a_dead_process_finds_a_whole_pool() -> None:
    pool = WorkerPool(1)
    try:
        with pytest.raises(BrokenExecutor):
            pool.submit(die).result()

        assert pool.submit(os.getppid).result() == os.getpid()
    finally:
        pool.shutdown()


def test_workers_end_when_their_parent_is_killed() -> None:
    script = (
        "import os, sys\n"
        "from bootstrap.worker_process import WorkerPool\n"
        "if __name__ == '__main__':\n"
        "    print(WorkerPool(1).submit(os.getpid).result(), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    worker = os.pidfd_open(int(parent.stdout.readline()))

    parent.kill()
    parent.communicate()

    assert wait_for_exit([worker], timeout=30), "the worker outlived its parent"
    os.close(worker)
