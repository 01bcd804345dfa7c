import json
from pathlib import Path

import pytest

from tests.integration.cli.command_line import CommandLine
from tests.integration.flows.processes import STORY

# With everything that reading would mend: a byte order mark apart, all of it counts as it is.
RAW = (
    "CHAPTER I\r\n\r\n\r\n“I will not go,”   said Mary Vane.\r\n\r\n"
    "“You shall,” said Mr. Thorne.  “And at once — \U0001f40e or no \U0001f40e.”\r\n\r\n"
    "“Never,” said Mary.\r\n"
)


def test_the_cast_of_the_library_shows_names_and_conversations(falsafa: CommandLine) -> None:
    told = falsafa("cast", "dowager")

    assert told.exit_code == 0
    assert "Winifred" in told.stdout
    assert "who talks with whom" in told.stdout


def test_json_has_the_shape_that_scorers_read(falsafa: CommandLine) -> None:
    cast = json.loads(falsafa("cast", "dowager", "--json").stdout)

    assert cast.keys() == {"characters", "quotes"}
    for character in cast["characters"]:
        assert character.keys() == {"id", "name", "aliases", "count", "gender"}
        assert character["gender"] in ("F", "M", None)
        assert character["name"] in character["aliases"]
    ids = {character["id"] for character in cast["characters"]}
    for quote in cast["quotes"]:
        assert quote.keys() == {"start", "end", "character_id", "confidence"}
        assert quote["character_id"] in ids | {None}


def test_raw_offsets_are_the_files_own(empty: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "raw.txt"
    file.write_bytes(RAW.encode())

    told = empty("cast", str(file), "--json", "--raw")

    assert told.exit_code == 0, told.stderr
    cast = json.loads(told.stdout)
    said = [RAW[quote["start"] : quote["end"]].strip("“”") for quote in cast["quotes"]]
    assert said == [
        "I will not go,",
        "You shall,",
        "And at once — \U0001f40e or no \U0001f40e.",
        "Never,",
    ]
    names = {character["id"]: character["name"] for character in cast["characters"]}
    assert names[cast["quotes"][0]["character_id"]] == "Mary Vane"
    assert names[cast["quotes"][1]["character_id"]] == "Mr. Thorne"


def test_a_file_needs_no_library_and_is_not_kept(empty: CommandLine) -> None:
    told = empty("cast", str(STORY))

    assert told.exit_code == 0
    assert "Miss Corrie" in told.stdout
    assert empty("books", "--json").stdout == "[]\n"


def test_the_cast_up_to_a_page_is_smaller(falsafa: CommandLine) -> None:
    whole = json.loads(falsafa("cast", "dowager", "--json").stdout)
    read = json.loads(falsafa("cast", "dowager", "--json", "--up-to", "chapter:1").stdout)

    assert 0 < len(read["characters"]) < len(whole["characters"])
    assert 0 < len(read["quotes"]) < len(whole["quotes"])


def test_scenes_come_chapter_by_chapter_as_far_as_was_read(falsafa: CommandLine) -> None:
    whole = falsafa("cast", "dowager", "--scenes").stdout
    read = falsafa("cast", "dowager", "--scenes", "--up-to", "chapter:1").stdout

    assert "Winifred" in read
    assert whole.startswith(read.rstrip())
    assert len(read) < len(whole)


def test_scenes_as_json_name_the_characters_of_the_cast(falsafa: CommandLine) -> None:
    scenes = json.loads(falsafa("cast", "dowager", "--scenes", "--json").stdout)
    cast = json.loads(falsafa("cast", "dowager", "--json").stdout)

    ids = {character["id"] for character in cast["characters"]}
    assert scenes
    assert {who for scene in scenes for who in scene["characters"]} <= ids
    assert all(scene["start"] < scene["end"] for scene in scenes)


def test_raw_of_a_book_of_the_library_is_refused(falsafa: CommandLine) -> None:
    assert falsafa("cast", "dowager", "--raw").exit_code == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\xfa not UTF-8", b""])
def test_raw_takes_utf_8_with_something_in_it(
    empty: CommandLine, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "raw.txt").write_bytes(content)

    told = empty("cast", str(tmp_path / "raw.txt"), "--raw")

    assert told.exit_code == 2
    assert told.stdout == ""
