"""A stub as a process of its own, for flows that several processes take part in."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.programs import ROOT, free_port, wait_until


@contextmanager
def running_stub(name: str, folder: Path) -> Iterator[str]:
    """`python -m tests.stubs.<name>`; its URL."""
    port, log = free_port(), folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.stubs.{name}", "--port", str(port)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: _listens(port), process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
