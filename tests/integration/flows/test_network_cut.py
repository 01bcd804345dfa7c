"""After set-up everything works with the network cut, and no connection is even tried."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.flows import cut_off
from tests.integration.flows.guarded_run import GuardedRun, run_guarded
from tests.integration.flows.processes import STORY

IN_A_NETWORK_OF_ITS_OWN = ("unshare", "--map-root-user", "--net", sys.executable, cut_off.__file__)


@pytest.fixture
def network_of_its_own() -> tuple[str, ...]:
    if shutil.which("unshare") is None:
        pytest.skip("this system has no `unshare`")
    tried = subprocess.run([*IN_A_NETWORK_OF_ITS_OWN, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this system lets nobody make a network of their own")
    return IN_A_NETWORK_OF_ITS_OWN


def test_the_first_run_of_all_tries_no_connection(first_demo: GuardedRun) -> None:
    assert first_demo.attempts == []
    assert first_demo.processes >= 2, "the workers were not watched"
    assert "Winifred" in first_demo.output
    assert list((first_demo.data_dir / "models").iterdir())


def test_the_whole_job_is_done_where_there_is_no_network(
    tmp_path: Path, models: Path, network_of_its_own: tuple[str, ...]
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(models, data_dir / "models")
    story = tmp_path / "beginning.md"
    story.write_text(STORY.read_text()[:9_000])

    run = run_guarded(data_dir, "demo", str(story), under=network_of_its_own)

    assert run.attempts == []
    assert "How to go on" in run.output
    assert run.output.splitlines()[-1] == "0", "native code has tried to reach out"


def test_the_kernel_counts_attempts_that_python_does_not_see(
    network_of_its_own: tuple[str, ...],
) -> None:
    # Below Python's socket class, as native code is.
    script = "import _socket as s; s.socket().connect_ex(('192.0.2.1', 80))"
    done = subprocess.run(
        [*network_of_its_own, sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(done.stdout.splitlines()[-1]) > 0
