import gc
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from typer.testing import CliRunner

from tests.integration.cli.command_line import CommandLine
from tests.integration.frontier.library import Shelved, sources, taken_in


@pytest.fixture(autouse=True)
def as_a_command(
    bare_environment: None, logs_of_a_command: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")


@pytest.fixture(autouse=True)
def few_collections() -> Iterator[None]:
    """A walk makes casts and answers by the thousand, and hardly anything that holds itself."""
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    yield
    gc.set_threshold(*thresholds)


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
