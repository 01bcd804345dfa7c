import logging
from collections.abc import Callable, Iterator
from functools import cache

import pytest
import structlog
from typer.testing import CliRunner

from bootstrap.settings import Settings
from tests.integration.cli.command_line import CommandLine
from tests.integration.frontier.library import Shelved, sources, taken_in


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.setenv("COLUMNS", "1000")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Some thousand requests are no news."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Shelved]:
    """Each book is taken in once, into a library of its own."""

    @cache
    def shelved(name: str) -> Shelved:
        data_dir = tmp_path_factory.mktemp("frontier") / "data"
        command_line = CommandLine(CliRunner(), data_dir)
        return taken_in(command_line, sources()[name])

    return shelved


@pytest.fixture(params=sources())
def shelved(request: pytest.FixtureRequest, shelf: Callable[[str], Shelved]) -> Shelved:
    return shelf(request.param)


@pytest.fixture
def any_book(shelf: Callable[[str], Shelved]) -> Shelved:
    return shelf(next(iter(sources())))
