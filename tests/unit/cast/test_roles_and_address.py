"""People known by a role or by what they are called, and the narrator."""

from collections import Counter
from dataclasses import replace

from adapters.outbound.cast.conversation import narrated_mentions, vocatives_of
from adapters.outbound.cast.forms_of_address import forms_of_address
from adapters.outbound.cast.model import Guise, Person, SamePerson
from adapters.outbound.cast.narrator import (
    name_of_narrator,
    tells_in_first_person,
    told_who_answers,
)
from adapters.outbound.cast.role_affinity import belongs_to_somebody, role_affinity
from adapters.outbound.cast.roster import add_roles, merged, speaking_roles
from domain.cast import Gender
from tests.unit.cast.reading import key, read, references_to, utterances_in


def person(number: int, name: str, gender: Gender | None = None, mentions: int = 9) -> Person:
    return Person(number, frozenset({key(name)}), gender, mentions)


def test_a_role_goes_with_the_one_who_is_about_when_it_falls() -> None:
    text = (
        "Ben sat by the fire. The painter smiled.\n\n" * 6 + "Ada read a book in the town.\n\n" * 60
    )
    people = [person(0, "Ada", Gender.FEMALE), person(1, "Ben", Gender.MALE)]
    page = read(text)
    references = references_to(text, ["Ada", "Ben"])
    near = role_affinity(people, page.tokens, references, len(page.blocks))["painter"]
    assert near[1] > 1
    assert near.get(0, -1) < near[1]
    assert belongs_to_somebody(people, Gender.MALE, near)
    assert not belongs_to_somebody(people, Gender.FEMALE, near)


def test_a_role_that_speaks_and_is_nobodys_becomes_a_person() -> None:
    tokens = read('"Yes," said the porter.\n\n"No," the porter replied.\n\nThe cook sat.').tokens
    roles = speaking_roles(tokens)
    assert roles == ["porter"]
    *_, porter = add_roles([person(0, "Ada")], roles, {})
    assert (porter.id, porter.role, porter.gender) == (1, "porter", Gender.MALE)


def test_a_noun_that_tags_speech_is_a_role() -> None:
    tokens = read(
        '"Fine," said the critic.\n\n"Is it?" the critic asked.\n\nThe clock, cried the sea, '
        "is the sea. The sea cried."
    ).tokens
    assert speaking_roles(tokens) == ["critic"]


def test_a_title_that_somebody_bears_becomes_no_other_person() -> None:
    assert len(add_roles([person(0, "Captain Ross")], ["captain"], {})) == 1


def test_people_found_to_be_one_are_renumbered_and_joined() -> None:
    ada, ned, pet = person(0, "Ada"), person(1, "Ned"), person(2, "Kitten")
    joined = merged([ada, ned, pet], {0: SamePerson(2, 70)})
    assert [p.id for p in joined] == [0, 1]
    assert joined[1].keys == ada.keys | pet.keys
    assert joined[1].mentions == 18
    assert joined[1].guises == (Guise(ada.keys, 70),)


def test_a_name_that_one_person_always_answers_to_is_theirs() -> None:
    text = '"Come in, Kitten," said Ada.\n\n"I will," said Nell.\n\nThey sat down.\n\n' * 4
    known = ["Ada", "Nell", "Kitten"]
    page = read(text)
    references = references_to(text, known)
    turns = utterances_in(text, known)
    people = [person(n, name, mentions=4) for n, name in enumerate(known)]
    vocatives = vocatives_of(turns, page.tokens, references)
    narrated = narrated_mentions(references)
    assert forms_of_address(people, turns, vocatives, narrated) == {2: SamePerson(1, 0)}
    man = [*people[:2], replace(people[2], gender=Gender.MALE)]
    woman = [man[0], replace(man[1], gender=Gender.FEMALE), man[2]]
    assert forms_of_address(woman, turns, vocatives, narrated) == {}


def test_first_person_narration_is_told_by_its_narration_alone() -> None:
    told = "I went in, and I sat down.\n\n" * 5
    spoken = '"I went in, and I sat down," said Ada.\n\n' * 5
    assert tells_in_first_person(read(told).tokens, references_to(told, []))
    assert not tells_in_first_person(read(spoken).tokens, references_to(spoken, ["Ada"]))


def test_the_narrator_is_the_one_addressed_where_i_answers() -> None:
    text = '"Come in, Zed," said Ada.\n\n"I will," I said.\n\n' * 3
    known = ["Ada", "Zed"]
    page = read(text)
    references = references_to(text, known)
    turns = utterances_in(text, known)
    people = [person(0, "Ada"), person(1, "Zed")]
    vocatives = vocatives_of(turns, page.tokens, references)
    found = name_of_narrator(people, turns, vocatives, narrated_mentions(references))
    assert found is people[1]
    assert name_of_narrator(people, turns, vocatives, Counter({1: 90})) is None


def test_who_tells_the_story_is_told_where_i_have_answered_to_the_name() -> None:
    text = (
        'Zed is a name.\n\n"Zed is late," said Ada.\n\nIt rained all day.\n\nNobody came.\n\n'
        'The wind blew.\n\n"Come in, Zed," said Ada.\n\n"I will," I said.\n\n'
    ) * 2
    known = ["Ada", "Zed"]
    page = read(text)
    turns = utterances_in(text, known)
    vocatives = vocatives_of(turns, page.tokens, references_to(text, known))
    first = text.index('I will,"') + len("I will,")
    assert abs(told_who_answers(1, turns, vocatives) - first) <= 1
    assert told_who_answers(0, turns, vocatives) == 0
