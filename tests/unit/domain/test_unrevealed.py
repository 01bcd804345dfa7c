import pytest

from domain.cast import Alias, Cast, Character, Merge
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId
from domain.span import Span
from domain.unrevealed import Unrevealed


def character(id_: str, *aliases: tuple[str, int]) -> Character:
    names = tuple(Alias(text, known_from) for text, known_from in aliases)
    return Character(CharacterId(id_), aliases[0][0], names, Span(0, aliases[0][1]))


CAST = Cast(
    (
        character("louisa", ("Louisa", 10), ("Mrs. Bounderby", 500)),
        character("tom", ("Tom", 300), ("Mr. Gradgrind", 320)),
        character("father", ("Mr. Gradgrind", 20)),
    ),
    merges=(Merge(CharacterId("tom"), CharacterId("louisa"), 400),),
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Louisa and Mr. Gradgrind", []),
        ("Louisa, Tom and Mrs. Bounderby", ["Mrs. Bounderby", "Tom"]),
        ("Tomorrow the atom", []),
        ("Mrs.\n Bounderby’s house", ["Mrs. Bounderby"]),
        ("(Tom)", ["Tom"]),
        ("", []),
    ],
)
def test_names_of_later_pages_are_found_as_whole_words(text: str, named: list[str]) -> None:
    assert Unrevealed.of(CAST, Frontier(100)).named_in(text) == named


def test_for_a_reader_of_the_whole_book_there_is_none() -> None:
    assert not Unrevealed.of(CAST, WHOLE_BOOK).names
    assert not Unrevealed.of(CAST, Frontier(500)).names


def test_texts_that_have_none_are_kept() -> None:
    kept = Unrevealed.of(CAST, Frontier(100)).without(["Tom is late.", "Louisa is not."])
    assert kept == ("Louisa is not.",)
