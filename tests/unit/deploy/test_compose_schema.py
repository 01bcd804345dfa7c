import subprocess

import pytest

from tests.services.programs import NPM, ROOT


def test_the_compose_file_fits_the_schema() -> None:
    linter = NPM / ".bin" / "dclint"
    if not linter.exists():
        pytest.skip("dclint is not installed")
    told = subprocess.run(
        [str(linter), "--color", "false", "compose.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
