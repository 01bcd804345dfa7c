from typing import Any

from adapters.outbound.cast.genders import combined_gender, count_pronouns, gender_told_from
from adapters.outbound.cast.model import Guise, Person
from domain.cast import Gender
from domain.frontier import WHOLE_BOOK
from domain.naming.gender_by_name import gender_by_name
from tests.unit.cast.reading import key, names_in, read


def test_a_pronoun_counts_for_the_name_it_follows() -> None:
    text = (
        'Zed lost his hat. Zed sat down. He laughed. Zed met Kim and she laughed. "Zed, she left."'
    )
    counts = count_pronouns(read(text).tokens, names_in(text))
    zed, kim = counts[key("Zed")], counts[key("Kim")]
    assert zed[Gender.MALE] > 1
    assert zed[Gender.FEMALE] == 0
    assert kim[Gender.FEMALE] > 0


def test_a_name_has_its_usual_gender_unless_many_pronouns_say_otherwise() -> None:
    assert gender_by_name("Mary", None) is Gender.FEMALE
    assert gender_by_name("Mary", {Gender.MALE: 3.0, Gender.FEMALE: 0.0}) is Gender.FEMALE
    assert gender_by_name("Mary", {Gender.MALE: 30.0, Gender.FEMALE: 2.0}) is Gender.MALE
    assert gender_by_name("Zed", {Gender.MALE: 6.0, Gender.FEMALE: 0.0}) is Gender.MALE
    assert gender_by_name("Zed", {Gender.MALE: 1.0, Gender.FEMALE: 0.0}) is None


def test_a_title_settles_it() -> None:
    votes = {Gender.MALE: 90.0, Gender.FEMALE: 0.0}
    assert combined_gender(Gender.FEMALE, Gender.MALE, votes) is Gender.FEMALE


def test_short_forms_have_the_gender_of_their_names() -> None:
    assert gender_by_name("Lizzy", None) is Gender.FEMALE


def told_from(text: str, gender: Gender, *names: str, **fields: Any) -> int:
    person = Person(0, frozenset(map(key, names)), gender, 9, **fields)
    return gender_told_from(read(text).tokens, names_in(text), [person])[0]


def test_a_gender_is_told_from_the_title_or_the_given_name_on() -> None:
    text = "Stone came. Mrs. Stone sat down. She laughed."
    assert told_from(text, Gender.FEMALE, "Stone", "Mrs. Stone") == text.index(" sat")
    text = "Mary came."
    assert told_from(text, Gender.FEMALE, "Mary") == text.index(" came")


def test_a_gender_is_told_from_the_pronouns_on_that_have_told_it_so_far() -> None:
    text = "Zed lost a hat. Zed sat down. She laughed. Zed ate and she sang. Zed ate her egg."
    assert told_from(text, Gender.FEMALE, "Zed") == text.index(" sang")
    assert told_from(text, Gender.MALE, "Zed") == WHOLE_BOOK.offset


def test_names_that_are_tied_late_tell_no_gender_before() -> None:
    text = "Mrs. Stone sat down. Zed sat down."
    guise = Guise(frozenset([key("Mrs. Stone")]), 500)
    told = told_from(text, Gender.FEMALE, "Zed", "Mrs. Stone", guises=(guise,))
    assert told == 500


def test_a_role_that_has_a_gender_tells_it_by_itself() -> None:
    assert told_from("The housekeeper sat down.", Gender.FEMALE, role="housekeeper") == 0
