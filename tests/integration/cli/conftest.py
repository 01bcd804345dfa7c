import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.integration.cli.command_line import CommandLine
from tests.integration.flows.processes import STORY


@pytest.fixture(autouse=True)
def as_a_command(
    bare_environment: None, logs_of_a_command: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the sample story. Copied, never written."""
    data_dir = tmp_path_factory.mktemp("library") / "data"
    added = CommandLine(CliRunner(), data_dir)("add", str(STORY))
    assert added.exit_code == 0, added.output
    return data_dir


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    """`falsafa` on a data folder that is not there yet."""
    return CommandLine(CliRunner(), tmp_path / "data")


@pytest.fixture
def falsafa(library: Path, tmp_path: Path) -> CommandLine:
    """`falsafa` on a library that holds the sample story."""
    shutil.copytree(library, tmp_path / "data")
    return CommandLine(CliRunner(), tmp_path / "data")
