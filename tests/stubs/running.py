"""A stub as a process of its own, for flows that several processes take part in."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.programs import ROOT, free_port, wait_until


@dataclass
class RunningStub:
    """`python -m tests.stubs.<name>`. Killed, it loses what it had in memory."""

    name: str
    folder: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = self.folder / f"{self.name}.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"tests.stubs.{self.name}", "--port", str(self.port)],
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )
        wait_until(self._listens, self._process, log)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def hang(self) -> None:
        """It takes connections, and answers nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running_stub(name: str, folder: Path) -> Iterator[RunningStub]:
    stub = RunningStub(name, folder)
    stub.start()
    try:
        yield stub
    finally:
        stub.kill()
