"""Falsafa as people run it: commands and servers in processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from bootstrap.settings import Settings

REPOSITORY = Path(__file__).parents[3]
STORY = REPOSITORY / "examples" / "the-dowager-at-home.md"
FALSAFA = (sys.executable, "-m", "bootstrap")
PATIENCE = 60.0  # seconds, for what takes a few


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """Ours without any setting of Falsafa's, but for its data folder and `more`."""
    settings = {str(field.validation_alias) for field in Settings.model_fields.values()}
    inherited = {name: value for name, value in os.environ.items() if name not in settings}
    return {**inherited, "FALSAFA_DATA_DIR": str(data_dir), **more}


def falsafa(
    data_dir: Path,
    *arguments: str,
    check: bool = True,
    under: tuple[str, ...] = (),
    **more: str,
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, piped; `under` another program that runs it."""
    done = subprocess.run(
        [*under, *FALSAFA, *arguments],
        env=environment(data_dir, **more),
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert not check or done.returncode == 0, done.stderr
    return done


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs, and a client of it."""

    api: httpx.Client
    data_dir: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """As Ctrl-C does; returns when it has ended well."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0


@contextmanager
def served(data_dir: Path, *command: str, **more: str) -> Iterator[Served]:
    """`falsafa serve`, or another server of ours, on a port that the system chooses; stopped at
    the end of the block."""
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / f"{uuid4()}.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [*FALSAFA, *(command or ("serve",)), "--port", "0"],
            env=environment(data_dir, FALSAFA_LOG_FORMAT="json", **more),
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        url = _url_told(log, process)
        with httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as api:
            running = Served(api, data_dir, process)
            yield running
            if process.poll() is None:
                running.stop()
    finally:
        process.kill()
        process.wait()


def _url_told(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text().splitlines(keepends=True):
            if line.endswith("\n") and (told := json.loads(line))["event"] == "listening":
                return str(told["url"])
        time.sleep(0.05)
    raise AssertionError(f"the server does not listen:\n{log.read_text()}")
