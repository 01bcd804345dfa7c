from collections.abc import Callable, Sequence

from dependency_injector import providers

from application.ports.model_files import FetchProgress, ModelFile
from bootstrap.container import Container
from domain.errors import SourceUnavailable
from tests.integration.cli.command_line import CommandLine


class OneModel:
    """A file of 3 MB, which `fault` may be wrong with; or `error` keeps it from being fetched."""

    def __init__(self, fault: str = "", error: Exception | None = None) -> None:
        self._fault = fault
        self._error = error

    async def fetch(self, tell: Callable[[FetchProgress], None]) -> None:
        tell(FetchProgress("small.model", 1_000_000, 3_000_000))
        if self._error is not None:
            raise self._error
        tell(FetchProgress("small.model", 3_000_000, 3_000_000))

    async def check(self) -> Sequence[ModelFile]:
        return [ModelFile("small.model", 3_000_000, self._fault)]


def having(files: OneModel) -> Callable[[Container], object]:
    return lambda container: container.model_files.override(providers.Object(files))


def test_each_model_is_told_when_it_is_there(empty: CommandLine) -> None:
    result = empty("models", "fetch", change=having(OneModel()))
    assert result.exit_code == 0
    assert result.stderr == "small.model: 3.0 MB\n"
    assert "All models are here" in result.stdout


def test_a_model_that_cannot_be_fetched_is_an_error(empty: CommandLine) -> None:
    error = SourceUnavailable("small.model could not be fetched.")
    result = empty("models", "fetch", change=having(OneModel(error=error)))
    assert result.exit_code == 2
    assert "small.model could not be fetched." in result.stderr


def test_whole_models_pass_the_check(empty: CommandLine) -> None:
    result = empty("models", "check", change=having(OneModel()))
    assert result.exit_code == 0
    assert "ok" in result.stdout


def test_a_damaged_model_fails_the_check_and_it_says_what_to_run(empty: CommandLine) -> None:
    result = empty("models", "check", change=having(OneModel("is damaged")))
    assert result.exit_code == 1
    assert "is damaged" in result.stdout
    assert "Run: falsafa models fetch" in result.stdout


def test_without_models_the_check_needs_no_data_folder(empty: CommandLine) -> None:
    result = empty("models", "check")
    assert result.exit_code == 1
    assert "is not there" in result.stdout
    assert not empty.data_dir.exists()
