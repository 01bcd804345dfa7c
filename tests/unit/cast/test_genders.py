from adapters.outbound.cast.genders import combined_gender, count_pronouns
from domain.cast import Gender
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
