"""To whom something is said."""

import pytest

from adapters.outbound.cast.addressees import Address, find_address
from adapters.outbound.cast.model import Voice
from domain.cast import Gender
from tests.unit.cast.reading import read, references_to, utterances_in

KNOWN = ["Ada", "Ben"]


def address(text: str) -> Address:
    tokens = read(text).tokens
    said = [
        word.lower() for word, quoted in zip(tokens.words, tokens.quoted, strict=True) if quoted
    ]
    return find_address(utterances_in(text, KNOWN)[0], said, tokens, references_to(text, KNOWN))


@pytest.mark.parametrize(
    "text",
    ['"One," said Ada to Ben.', '"One," Ada told Ben.', '"One," said Ada quietly to Ben.'],
)
def test_the_tag_names_the_one_spoken_to(text: str) -> None:
    told = address(text).told
    assert told is not None
    assert told.person == 1


def test_the_narrator_is_told_something() -> None:
    told = address('"One," said Ada to me.').told
    assert told is not None
    assert told.voice is Voice.NARRATOR


def test_to_somebodys_house_is_no_address() -> None:
    assert address('"One," said Ada. She went to Ben.').told is None
    assert address('"One," said Ada to Ben\'s dog.').told is None


@pytest.mark.parametrize(
    ("speech", "gender"),
    [
        ("Yes, sir.", Gender.MALE),
        ("Come, my dear girl, and look.", Gender.FEMALE),
        ("That boy is here.", None),
        ("The boy, is here.", None),
        ("Thank you, ma'am.", Gender.FEMALE),
    ],
)
def test_terms_of_address_tell_a_gender(speech: str, gender: Gender | None) -> None:
    assert address(f'"{speech}" said Ada.').gender is gender


def test_said_to_him_tells_a_gender() -> None:
    assert address('"One," said Ada to him.').gender is Gender.MALE
    assert address('"One," said Ben to her.').gender is Gender.FEMALE
    assert address('"One," said Ben to her mother.').gender is None


def test_people_name_themselves() -> None:
    assert address('"My name is Ben," he said.').introduced == {1}
    assert address('"I am Ada," she said.').introduced == {0}
    assert address('"This is Ada," he said.').introduced == frozenset()
