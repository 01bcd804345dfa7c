"""`falsafa correct`: on the sample story, in a library of its own."""

import json
import re
from typing import Any

import pytest

from tests.integration.cli.command_line import CommandLine


def made(falsafa: CommandLine, *arguments: str) -> str:
    told = falsafa("correct", "dowager", *arguments)
    assert told.exit_code == 0, told.output
    return told.stdout


def characters(falsafa: CommandLine, *more: str) -> dict[str, dict[str, Any]]:
    """By each of their names."""
    cast = json.loads(falsafa("cast", "dowager", "--json", *more).stdout)
    return {alias: c for c in cast["characters"] for alias in c["aliases"]}


def speaker_of(falsafa: CommandLine, words: str) -> str | None:
    exported = json.loads(falsafa("export", "dowager").stdout)
    (quote,) = [q for q in exported["quotes"] if words in q["text"]]
    names = {c["id"]: c["name"] for c in exported["characters"]}
    return names.get(quote["speaker_id"])


def log(falsafa: CommandLine) -> list[dict[str, Any]]:
    return list(json.loads(made(falsafa, "list", "--json")))


def a_line(falsafa: CommandLine) -> str:
    """That nobody else says, long enough to tell."""
    exported = json.loads(falsafa("export", "dowager").stdout)
    texts = [q["text"] for q in exported["quotes"]]
    return str(next(t for t in texts if len(t) > 40 and "\n" not in t and texts.count(t) == 1))


def test_two_are_made_one_and_two_again(falsafa: CommandLine) -> None:
    before = falsafa("cast", "dowager", "--json").stdout
    assert "Miss Corrie is Winifred" in made(falsafa, "merge", "Miss Corrie", "Winifred")
    found = characters(falsafa)
    assert found["Miss Corrie"] == found["Winifred"]
    assert made(falsafa, "undo").startswith("Taken back: Miss Corrie is Winifred")
    assert falsafa("cast", "dowager", "--json").stdout == before
    assert log(falsafa) == []


def test_one_is_made_two(falsafa: CommandLine) -> None:
    made(falsafa, "merge", "Miss Corrie", "Winifred")
    made(falsafa, "split", "Winifred", "Miss Corrie")
    found = characters(falsafa)
    assert found["Miss Corrie"]["id"] != found["Winifred"]["id"]
    assert found["Miss Corrie"]["name"] == "Miss Corrie"


def test_another_name_is_shown_and_talked_with(falsafa: CommandLine) -> None:
    made(falsafa, "rename", "Winifred", "Aunt Winnie")
    assert "Aunt Winnie" in falsafa("cast", "dowager").stdout
    talked = falsafa("talk", "dowager", "--with", "Aunt Winnie", "--say", "Who are you?")
    assert talked.exit_code == 0, talked.output


def test_a_merge_that_the_text_reveals_is_none_before(falsafa: CommandLine) -> None:
    made(falsafa, "merge", "Miss Corrie", "Winifred", "--known-from", "99%")
    early = characters(falsafa, "--up-to", "95%")
    assert early["Miss Corrie"] != early["Winifred"]
    whole = characters(falsafa)
    assert whole["Miss Corrie"] == whole["Winifred"]
    made(falsafa, "merge", "Miss Corrie", "Winifred")  # it was never in doubt
    early = characters(falsafa, "--up-to", "95%")
    assert early["Miss Corrie"] == early["Winifred"]


def test_the_narrator_is_named_and_unnamed(falsafa: CommandLine) -> None:
    made(falsafa, "narrator", "Winifred")
    assert "(narrator)" in falsafa("cast", "dowager").stdout
    made(falsafa, "narrator", "--nobody")
    assert "(narrator)" not in falsafa("cast", "dowager").stdout


def test_a_line_is_given_to_another(falsafa: CommandLine) -> None:
    line = a_line(falsafa)
    for who in ("Miss Corrie", "Winifred"):
        made(falsafa, "quote", line, who)
        assert speaker_of(falsafa, line) == characters(falsafa)[who]["name"]
    made(falsafa, "quote", line.upper(), "--nobody")
    assert speaker_of(falsafa, line) is None


def test_the_list_tells_what_was_done_and_each_can_be_taken_back(falsafa: CommandLine) -> None:
    nothing = falsafa("correct", "dowager", "list")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    made(falsafa, "rename", "Winifred", "Aunt Winnie")
    made(falsafa, "quote", a_line(falsafa), "--nobody")
    shown = made(falsafa, "list")
    assert "Winifred is shown as Aunt Winnie" in shown
    assert "says nobody" in shown
    id_ = re.findall(r"^\s*([0-9a-f]{8})", shown, re.MULTILINE)[0]
    made(falsafa, "undo", id_)
    assert "Aunt Winnie" not in falsafa("cast", "dowager").stdout
    assert [c["change"]["kind"] for c in log(falsafa)] == ["quote"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("merge", "Winifred", "Winifred"), 2),
        (("merge", "Winifred", "Heathcliff"), 3),
        (("split", "Winifred", "Heathcliff"), 2),
        (("rename", "Winifred", " "), 2),
        (("narrator",), 2),
        (("narrator", "Winifred", "--nobody"), 2),
        (("quote", "I am Heathcliff", "Winifred"), 3),
        (("quote", "the", "Winifred"), 3),
        (("undo",), 3),
        (("undo", "ffffffff"), 3),
        (("marry",), 2),
        ((), 2),
    ],
)
def test_what_cannot_be_is_refused(
    falsafa: CommandLine, arguments: tuple[str, ...], code: int
) -> None:
    told = falsafa("correct", "dowager", *arguments)
    assert told.exit_code == code, told.output
    assert log(falsafa) == []
