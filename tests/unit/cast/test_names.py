import pytest

from domain.naming.name_key import NameKey
from tests.unit.cast.reading import names_in, read


def found(text: str) -> list[str]:
    page = read(text)
    return [
        text[page.tokens.starts[n.first] : page.tokens.ends[n.last - 1]] for n in names_in(text)
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("They met Mr. Brown there.", ["Mr. Brown"]),
        ("They met Mr. J. P. Brown there.", ["Mr. J. P. Brown"]),
        ("They met Mrs. van der Berg there.", ["Mrs. van der Berg"]),
        ("They met Anna Hill's mother.", ["Anna Hill"]),
        ("They met Anna Hill, Ben Stone and the rest.", ["Anna Hill", "Ben Stone"]),
        ("They met Anna.\n\nBen was late.", ["Anna", "Ben"]),
        ("They met poor old Captain Ross.", ["Captain Ross"]),
        ("They met Old Ben.", ["Old Ben"]),
        ("They met Poor Ben.", ["Ben"]),
        ("They met the Duchess of Kent.", ["Duchess of Kent"]),
        ("They met M. St. Clair.", ["M. St. Clair"]),
    ],
)
def test_a_name_is_taken_whole(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_titles_are_kept_in_one_spelling() -> None:
    (name,) = names_in("They met Doctor Ross.")
    assert name.key == NameKey(("Dr",), ("Ross",))


def test_a_surname_with_particles_is_not_a_full_name() -> None:
    assert not NameKey((), ("van", "der", "Berg")).is_full
    assert NameKey((), ("Jan", "van", "der", "Berg")).is_full


def test_words_that_a_text_mostly_writes_small_are_no_names_at_its_sentences_heads() -> None:
    assert found("The rain fell. Rain is rain. More rain came.") == []


def test_months_are_told_from_people() -> None:
    assert found("He came in May and left.") == []
    assert found("They met May at the gate.") == ["May"]
    assert found("May I come in? May we?") == []


def test_capitals_are_another_way_to_write_a_name() -> None:
    small, large = names_in("They met Ann McBride. They met ANN McBRIDE.")
    assert small.key == large.key
