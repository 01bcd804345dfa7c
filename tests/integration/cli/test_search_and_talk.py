import json

import pytest
from dependency_injector import providers

from adapters.outbound.memory.chat_model import ScriptedChatModel
from bootstrap.container import Container
from domain.errors import ModelUnavailable
from tests.integration.cli.command_line import CommandLine


def test_search_prints_passages_with_their_place(falsafa: CommandLine) -> None:
    told = falsafa("search", "dowager", "What is the cat called?", "-n", "2")

    assert told.exit_code == 0
    assert told.stdout.startswith("1. Chapter")
    assert "\n2. Chapter" in told.stdout
    assert "\n3. Chapter" not in told.stdout


def test_search_as_json(falsafa: CommandLine) -> None:
    found = json.loads(falsafa("search", "dowager", "almanac", "--json").stdout)

    assert found.keys() == {"hits", "signals", "degraded"}
    assert set(found["signals"]) == {"vectors", "keywords", "tokens"}
    for hit in found["hits"]:
        assert hit.keys() == {"rank", "chapter", "start", "end", "text", "highlights"}
        assert len(hit["text"]) == hit["end"] - hit["start"]
        for start, end in hit["highlights"]:
            assert hit["start"] <= start < end <= hit["end"]


@pytest.mark.parametrize("place", ["chapter:2", "20%", "offset:9000"])
def test_search_up_to_a_place_finds_nothing_past_it(falsafa: CommandLine, place: str) -> None:
    whole = json.loads(falsafa("export", "dowager").stdout)
    (second,) = (c["end"] for c in whole["chapters"] if c["number"] == 2)
    last = {"chapter:2": second, "20%": whole["chapters"][-1]["end"] // 4, "offset:9000": 9000}

    found = json.loads(
        falsafa("search", "dowager", "almanac tide", "--json", "-n", "50", "--up-to", place).stdout
    )

    assert found["hits"]
    assert all(hit["end"] <= last[place] for hit in found["hits"])


@pytest.mark.parametrize("place", ["page 4", "chapter:99", "120%"])
def test_a_place_that_is_none_is_wrong_input(falsafa: CommandLine, place: str) -> None:
    told = falsafa("search", "dowager", "almanac", "--up-to", place)

    assert told.exit_code == 2
    assert "invalid_locator" in told.stderr


def test_talking_once_prints_the_answer_and_what_it_cites(falsafa: CommandLine) -> None:
    told = falsafa("talk", "dowager", "--with", "Winifred", "--say", "Who is Miss Corrie?")

    assert told.exit_code == 0
    assert "No language model is set up" in told.stdout
    assert "“" in told.stdout
    assert "\n  [" in told.stdout


def test_the_book_itself_answers_where_nobody_is_named(falsafa: CommandLine) -> None:
    told = falsafa("talk", "dowager", "--say", "What does Dr. Lusby read aloud?")
    assert told.exit_code == 0
    assert "Chapter" in told.stdout


def test_a_conversation_goes_on_until_quit(falsafa: CommandLine) -> None:
    typed = "Who are you?\n\nWhat do you compute?\n/quit\n"

    told = falsafa("talk", "dowager", "--with", "Miss Tull", typed=typed)

    assert told.exit_code == 0
    assert "You are talking with Winifred." in told.stderr
    assert told.stdout.count("Winifred: ") == 2


def test_a_conversation_ends_with_its_input(falsafa: CommandLine) -> None:
    assert falsafa("talk", "dowager", typed="").exit_code == 0


def test_a_message_that_is_refused_does_not_end_the_conversation(falsafa: CommandLine) -> None:
    typed = f"{'long ' * 2_000}\nWho are you?\n/quit\n"

    told = falsafa("talk", "dowager", typed=typed)

    assert told.exit_code == 0
    assert "invalid_input" in told.stderr
    assert "No language model is set up" in told.stdout


def test_an_unknown_character_is_exit_3_and_those_there_are_are_named(
    falsafa: CommandLine,
) -> None:
    told = falsafa("talk", "dowager", "--with", "Heathcliff", "--say", "Who?")

    assert told.exit_code == 3
    assert "Winifred" in told.stderr


def test_one_who_comes_later_is_not_named_to_a_reader(falsafa: CommandLine) -> None:
    cast = json.loads(falsafa("cast", "dowager", "--json", "--up-to", "chapter:1").stdout)
    known = {alias for character in cast["characters"] for alias in character["aliases"]}
    assert "Captain Noakes" not in known

    told = falsafa(
        "talk", "dowager", "--with", "Captain Noakes", "--up-to", "chapter:1", "--say", "Who?"
    )

    assert told.exit_code == 3
    assert "There are: " in told.stderr
    assert "Noakes" not in told.stderr.partition("There are: ")[2]


def test_a_turn_that_fails_is_exit_1_when_it_is_all_that_was_asked(falsafa: CommandLine) -> None:
    def fail(container: Container) -> None:
        model = ScriptedChatModel(["Facts ", ModelUnavailable("The model is away.")])
        container.chat_model.override(providers.Object(model))

    told = falsafa("talk", "dowager", "--say", "Who?", change=fail)

    assert told.exit_code == 1
    assert "The model is away." in told.stderr
