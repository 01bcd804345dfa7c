"""Servers that tests start themselves."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NPM = ROOT / ".services" / "node_modules"  # `npm install --prefix .services <package>`
_STARTS_WITHIN = 60.0  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Fails with the server's log if it ends, or never is."""
    ends = time.monotonic() + _STARTS_WITHIN
    while process.poll() is None and time.monotonic() < ends:
        if ready():
            return
        time.sleep(0.02)
    process.kill()
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def runs_as_root() -> bool:
    return os.geteuid() == 0
