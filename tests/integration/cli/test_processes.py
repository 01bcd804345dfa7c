"""What only a process of its own can show."""

import subprocess
import sys
from pathlib import Path

from tests.integration.flows.processes import FALSAFA, environment, falsafa

SCRIPT = Path(sys.executable).with_name("falsafa")


def test_the_installed_command_is_the_module(tmp_path: Path) -> None:
    script = subprocess.run(
        [SCRIPT, "books"], env=environment(tmp_path), capture_output=True, check=True
    )
    module = falsafa(tmp_path, "books")

    assert script.stdout.decode() == module.stdout == ""
    assert script.stderr.decode() == module.stderr


def test_a_wrong_setting_is_told_by_its_name_before_anything_starts(tmp_path: Path) -> None:
    told = falsafa(tmp_path / "data", "books", check=False, MAX_PROCESSING_WORKERS="many")

    assert told.returncode == 2
    assert told.stderr.startswith("cannot start: Mend the environment: MAX_PROCESSING_WORKERS")
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "data").exists()


def test_a_reader_of_the_pipe_that_leaves_is_no_accident(library: Path) -> None:
    with subprocess.Popen(
        [*FALSAFA, "export", "dowager"],
        env=environment(library),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as export:
        assert export.stdout is not None
        assert export.stderr is not None
        assert export.stdout.read(1) == b"{"
        export.stdout.close()
        assert export.stderr.read() == b""
