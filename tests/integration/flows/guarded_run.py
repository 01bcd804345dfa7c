"""One command of Falsafa with every outbound call of its Python, and of its workers', refused."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.integration.flows.processes import REPOSITORY, falsafa

_GUARD = Path(__file__).parent / "guarded"


@dataclass(frozen=True, slots=True)
class GuardedRun:
    data_dir: Path
    output: str
    processes: int  # that ran under the guard: the command's own, and its workers
    attempts: list[str]  # to reach beyond this machine


def run_guarded(data_dir: Path, *arguments: str, under: tuple[str, ...] = ()) -> GuardedRun:
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "attempts.log"
    done = falsafa(
        data_dir,
        *arguments,
        under=under,
        PYTHONPATH=os.pathsep.join([str(_GUARD), str(REPOSITORY)]),
        FALSAFA_TEST_ATTEMPTS=str(log),
    )
    lines = log.read_text().splitlines()
    attempts = [line for line in lines if line != "guarded"]
    return GuardedRun(data_dir, done.stdout, len(lines) - len(attempts), attempts)
