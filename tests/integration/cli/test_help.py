import pytest
from typer.main import get_command

from adapters.inbound.cli.app import app
from tests.integration.cli.command_line import CommandLine

COMMANDS = {
    "serve": "--no-worker",
    "worker": "127.0.0.1:8002",
    "add": "FILE|URL",
    "books": "--json",
    "cast": "--raw",
    "search": "--up-to",
    "talk": "--say",
    "progress": "PLACE",
    "export": "--up-to",
    "remove": "--yes",
    "backup": "archive",
    "restore": "--replace",
    "doctor": "what to mend",
    "reindex": "--all",
    "migrate": "--dry-run",
    "demo": "FILE",
    "correct": "narrator",
    "models": "fetch",
}


def test_help_tells_of_every_command(empty: CommandLine) -> None:
    told = empty("--help")

    assert told.exit_code == 0
    assert list(get_command(app).commands) == list(COMMANDS)  # type: ignore[attr-defined]
    for command in COMMANDS:
        assert f" {command} " in told.stdout
    assert "FALSAFA_DATA_DIR" in told.stdout


@pytest.mark.parametrize(("command", "word"), COMMANDS.items())
def test_every_command_explains_itself(empty: CommandLine, command: str, word: str) -> None:
    told = empty(command, "--help")

    assert told.exit_code == 0
    assert word in told.stdout
    assert not empty.data_dir.exists()


def test_without_a_command_the_help_is_shown(empty: CommandLine) -> None:
    assert "Usage" in empty().output


@pytest.mark.parametrize("arguments", [("read",), ("books", "--xml"), ("search", "story")])
def test_wrong_usage_is_exit_2(empty: CommandLine, arguments: tuple[str, ...]) -> None:
    assert empty(*arguments).exit_code == 2
