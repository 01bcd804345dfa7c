from pathlib import Path

import pytest
from dependency_injector import providers

from adapters.outbound.memory.text_model import ScriptedTextModel
from tests.integration.cli.command_line import CommandLine
from tests.integration.flows.processes import STORY
from tests.integration.flows.web import site_of


def test_piped_progress_is_a_line_a_phase_and_the_result_stands_alone(
    empty: CommandLine, tmp_path: Path
) -> None:
    story = tmp_path / "beginning.md"
    story.write_text(STORY.read_text()[:9_000])

    added = empty("add", str(story))

    assert added.exit_code == 0
    assert added.stdout.startswith("The Dowager at Home is ready. (")
    lines = added.stderr.splitlines()
    assert lines[0] == "beginning: queued"
    assert lines[-1] == "beginning: completed"
    assert any("finding the cast" in line and "characters" in line for line in lines)
    assert all(line.isprintable() for line in lines), "no bar is drawn into a pipe"


def test_an_estimate_takes_nothing_in(empty: CommandLine) -> None:
    estimated = empty("add", "--estimate", str(STORY))

    assert estimated.exit_code == 0, estimated.stderr
    assert estimated.stdout.splitlines()[0] == "The Dowager at Home:"
    assert "personas by rule: nothing" in estimated.stdout
    assert "embedding on this machine: nothing" in estimated.stdout
    assert empty("books", "--json").stdout == "[]\n"


def test_an_estimate_tells_what_a_paid_model_will_cost_and_does_not_ask_it(
    empty: CommandLine,
) -> None:
    model = ScriptedTextModel(["never asked"], name="vendor/model")

    estimated = empty(
        "add",
        "--estimate",
        str(STORY),
        change=lambda container: container.text_model.override(providers.Object(model)),
        llm_price_input="2.5",
        llm_price_output="10",
        ingest_budget_tokens="1000",
    )

    assert "personas by vendor/model: at most" in estimated.stdout
    assert "USD for the personas" in estimated.stdout
    assert "more than the budget" in estimated.stdout
    assert model.requests == []


def test_only_a_file_can_be_estimated(empty: CommandLine) -> None:
    assert empty("add", "--estimate", "https://example.org/book.epub").exit_code == 2


def test_the_same_file_again_is_the_same_book_at_once(falsafa: CommandLine) -> None:
    again = falsafa("add", str(STORY))

    assert again.exit_code == 0
    assert again.stderr == ""
    assert len(falsafa("books", "--json").stdout.split('"id"')) == 2


def test_a_book_can_be_added_by_its_address(empty: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "story.md").write_text(STORY.read_text()[:9_000])

    with site_of(tmp_path / "site") as site:
        added = empty("add", site.url("story.md"), private_hosts=site.host)

    assert added.exit_code == 0, added.stderr
    assert "The Dowager at Home is ready." in added.stdout


def test_an_address_of_a_private_network_fails_the_job(empty: CommandLine) -> None:
    added = empty("add", "http://127.0.0.1:9/story.md")

    assert added.exit_code == 1
    assert "forbidden_address" in added.stderr
    assert "failed: " in empty("books").stdout


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.txt", b"", "empty_book"),
        ("book.epub", b"PK\3\4 and no more", "broken_file"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "unsupported_file"),
    ],
)
def test_a_file_that_is_no_book_is_refused_and_leaves_nothing(
    empty: CommandLine, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)

    added = empty("add", str(tmp_path / name))

    assert added.exit_code == 2
    assert f"({code})" in added.stderr
    assert empty("books", "--json").stdout == "[]\n"


def test_a_file_that_is_not_there_is_wrong_input(empty: CommandLine) -> None:
    added = empty("add", "nowhere.epub")

    assert added.exit_code == 2
    assert "There is no file nowhere.epub." in added.stderr
