import json
from pathlib import Path

import pytest

from tests.integration.cli.command_line import CommandLine


def test_books_are_listed(falsafa: CommandLine) -> None:
    told = falsafa("books").stdout
    assert "The Dowager at Home" in told
    assert "completed" in told

    (book,) = json.loads(falsafa("books", "--json").stdout)
    assert book.keys() == {"id", "title", "author", "status"}
    assert book["status"] == "completed"


def test_an_empty_library_says_how_to_fill_it(empty: CommandLine) -> None:
    told = empty("books")

    assert told.exit_code == 0
    assert told.stdout == ""
    assert "falsafa add" in told.stderr


def test_brackets_in_a_title_are_no_markup(empty: CommandLine, tmp_path: Path) -> None:
    book = tmp_path / "songs.md"
    book.write_text("# Songs [/b] of [red] Gannow\n\n“Sing,” said Tom [bold].\n")

    assert empty("add", str(book)).exit_code == 0
    assert "Songs [/b] of [red] Gannow" in empty("books").stdout
    assert "said Tom [bold]" in empty("search", "songs", "sing").stdout


@pytest.mark.parametrize("name", ["dowager", "The Dowager at Home", "THE DOWAGER"])
def test_a_book_is_found_by_words_of_its_title(falsafa: CommandLine, name: str) -> None:
    assert falsafa("search", name, "tide").exit_code == 0


def test_a_book_is_found_by_the_beginning_of_its_id(falsafa: CommandLine) -> None:
    (book,) = json.loads(falsafa("books", "--json").stdout)
    assert falsafa("search", book["id"][:8], "tide").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("cast", "Middlemarch"),
        ("search", "Middlemarch", "who?"),
        ("talk", "Middlemarch", "--say", "Who?"),
        ("export", "Middlemarch"),
        ("remove", "Middlemarch", "--yes"),
    ],
)
def test_an_unknown_book_is_exit_3(falsafa: CommandLine, arguments: tuple[str, ...]) -> None:
    told = falsafa(*arguments)

    assert told.exit_code == 3
    assert told.stdout == ""
    assert "There is no book “Middlemarch”" in told.stderr


def test_removing_asks_first(falsafa: CommandLine) -> None:
    refused = falsafa("remove", "dowager", typed="n\n")
    assert refused.exit_code == 1
    assert "completed" in falsafa("books").stdout

    assert falsafa("remove", "dowager", typed="y\n").exit_code == 0
    assert falsafa("books", "--json").stdout == "[]\n"


def test_removing_with_yes_asks_nothing_and_leaves_no_file(falsafa: CommandLine) -> None:
    (book,) = json.loads(falsafa("books", "--json").stdout)

    removed = falsafa("remove", "dowager", "--yes")

    assert removed.exit_code == 0
    assert removed.stdout == "The Dowager at Home is gone.\n"
    assert not [p for p in falsafa.data_dir.rglob(f"*{book['id']}*/**/*") if p.is_file()]


def test_an_export_is_json_whose_positions_hold(falsafa: CommandLine) -> None:
    exported = json.loads(falsafa("export", "dowager").stdout)

    assert exported["format"] == "falsafa-book/1"
    assert exported.keys() >= {"book", "chapters", "characters", "quotes", "relations", "merges"}
    ids = {character["id"] for character in exported["characters"]}
    assert {quote["speaker_id"] for quote in exported["quotes"]} <= ids | {None}
    assert all(len(q["text"]) == q["end"] - q["start"] for q in exported["quotes"])


def test_an_export_up_to_a_page_holds_nothing_past_it(falsafa: CommandLine) -> None:
    whole = json.loads(falsafa("export", "dowager").stdout)
    read = json.loads(falsafa("export", "dowager", "--up-to", "chapter:2").stdout)

    (end,) = (c["end"] for c in whole["chapters"] if c["number"] == 2)
    assert 0 < len(read["quotes"]) < len(whole["quotes"])
    assert all(quote["end"] <= end for quote in read["quotes"])
    assert all(alias["known_from"] <= end for c in read["characters"] for alias in c["aliases"])
