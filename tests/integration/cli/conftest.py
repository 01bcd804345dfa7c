import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from bootstrap.settings import Settings
from tests.integration.cli.command_line import CommandLine
from tests.integration.flows.processes import STORY


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture(autouse=True)
def logs_of_a_command() -> Iterator[None]:
    """As `falsafa` sets them; and a command may set its own, which are taken back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


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
