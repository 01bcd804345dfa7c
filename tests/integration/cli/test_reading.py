import json

from tests.integration.cli.command_line import CommandLine


def names(falsafa: CommandLine, *more: str) -> set[str]:
    told = json.loads(falsafa("cast", "dowager", "--json", *more).stdout)
    return {name for character in told["characters"] for name in character["aliases"]}


def test_what_has_been_read_is_kept_and_holds_for_every_command(falsafa: CommandLine) -> None:
    assert "nothing is held back" in falsafa("progress", "dowager").stdout
    everybody = names(falsafa)

    told = falsafa("progress", "dowager", "2%")
    assert told.exit_code == 0
    assert "read up to" in told.stdout
    assert falsafa("progress", "dowager").stdout == told.stdout
    assert names(falsafa) == names(falsafa, "--up-to", "2%") < everybody
    assert names(falsafa, "--up-to", "100%") == everybody

    falsafa("progress", "dowager", "100%")
    assert names(falsafa) == everybody


def test_a_place_that_there_is_not_is_told(falsafa: CommandLine) -> None:
    told = falsafa("progress", "dowager", "chapter:99")
    assert told.exit_code == 2
    assert "chapters 1 to" in told.stderr
    assert "nothing is held back" in falsafa("progress", "dowager").stdout
