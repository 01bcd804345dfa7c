"""A line, a place or a character of one reading, looked for in another."""

import pytest

from domain.cast import Alias, Cast, Character, Merge, Quote
from domain.correction_anchors import (
    Anchored,
    found_character,
    lasting_id,
    place_at,
    quote_anchor,
)
from domain.corrections import CharacterAnchor, Place, QuoteAnchor
from domain.ids import CharacterId, QuoteId
from domain.span import Span

TEXT = """“Yes,” said Ada, and shut the door upon the rain.

“We shall never see the inside of that lighthouse, not if we live to a hundred,” said Bram.

“Yes,” said Cora, who had been there, and who kept the key of it upon her belt.
"""


def quotes_in(text: str) -> list[Quote]:
    """What stands between the marks."""
    found: list[Quote] = []
    start = -1
    while (start := text.find("“", start + 1)) >= 0:
        span = Span(start + 1, text.index("”", start))
        found.append(Quote(QuoteId(f"{len(found)} of {len(text)}"), span, len(found)))
    return found


def found_in(other: str, number: int) -> str | None:
    """The words of the quotation of the other text that is the numbered one of ours."""
    anchor = quote_anchor(quotes_in(TEXT)[number], TEXT)
    quote = Anchored(other, quotes_in(other)).quote(anchor)
    return None if quote is None else quote.span.of(other)


@pytest.mark.parametrize(
    "change",
    [
        ("", ""),
        ("lighthouse, not", "light-house; NOT"),
        ("hundred,” said Bram.", "hundred,” said Mr. Bram, the ferryman."),
        ("never see the inside", "never see the insides"),
        (", not if we live", ",” said Bram, “not if we live"),  # cut in two: the greater part
        ("“We shall", "“Oh! We shall"),
    ],
)
def test_a_line_is_known_again_however_it_is_set(change: tuple[str, str]) -> None:
    other = "Another preface.\n\n" + TEXT.replace(*change)
    assert found_in(other, 1) == quotes_in(other)[1].span.of(other)


def test_a_word_that_many_say_is_known_by_what_stands_around_it() -> None:
    other = TEXT.replace("“Yes,” said Ada", "“Yes,” said Dora. “Yes,” said Ada")
    quotes = quotes_in(other)
    for number, place in ((0, 1), (2, 3)):
        anchor = quote_anchor(quotes_in(TEXT)[number], TEXT)
        assert Anchored(other, quotes).quote(anchor) == quotes[place]


@pytest.mark.parametrize("number", [0, 1])
def test_a_line_that_is_not_there_is_not_found(number: int) -> None:
    other = "“Yes,” they told one another. “We shall go by the mountain road, and never come home.”"
    assert found_in(other, number) is None


def test_a_line_without_letters_is_known_by_its_place_alone() -> None:
    text = TEXT.replace("“Yes,” said Ada", "“…” said Ada")
    (first, *_) = quotes_in(text)
    assert Anchored(text, quotes_in(text)).quote(quote_anchor(first, text)) == first


@pytest.mark.parametrize("words", ["upon the rain.", "“Yes,” said Ada", "upon her belt.\n", ""])
def test_a_place_is_found_by_the_words_around_it(words: str) -> None:
    place = place_at(TEXT, TEXT.index(words) + len(words))
    other = "A preface.\n\n" + TEXT
    assert Anchored(TEXT, ()).offset(place) == place.offset
    assert Anchored(other, ()).offset(place) == place.offset + len("A preface.\n\n")


@pytest.mark.parametrize("words", ["upon the rain.", "“Yes,” said Ada", "a hundred,”", ""])
def test_marks_and_white_space_do_not_matter(words: str) -> None:
    place = place_at(TEXT, TEXT.index(words) + len(words))
    plain = {ord("“"): '"', ord("”"): '"', ord("\n"): " "}
    other = "A preface. " + TEXT.replace("the rain", "the  RAIN").translate(plain)
    found = Anchored(other, ()).offset(place)
    assert found is not None
    letters = [c for c in other[:found].casefold() if c.isalnum()]
    assert "".join(letters) == "apreface" + "".join(
        c for c in TEXT[: place.offset].casefold() if c.isalnum()
    )


@pytest.mark.parametrize("place", [Place(3, "no such", "words"), Place(0, "", "short")])
def test_a_place_that_is_not_there_is_not_found(place: Place) -> None:
    assert Anchored(TEXT, ()).offset(place) is None


def person(id_: str, start: int, *names: str) -> Character:
    aliases = tuple(Alias(name, start + 3) for name in names)
    return Character(CharacterId(id_), names[0], aliases, Span(start, start + 3))


def test_a_character_is_known_by_id_then_by_names_then_by_place() -> None:
    cast = Cast(
        (person("a", 5, "Ada", "Miss Vane"), person("b", 60, "Ada"), person("c", 9, "Cora"))
    )

    def found(id_: str, names: tuple[str, ...], first: int) -> str | None:
        character = found_character(cast, CharacterAnchor(CharacterId(id_), names, first))
        return None if character is None else character.id

    assert found("c", ("Ada",), 5) == "c"
    assert found("?", ("ADA", "Miss Vane"), 60) == "a"
    assert found("?", ("Ada",), 60) == "b"
    assert found("?", ("Dora",), 5) is None


def test_an_id_leads_along_its_merges_to_whoever_is_left() -> None:
    a, b, c = (CharacterId(name) for name in "abc")
    cast = Cast((person("c", 1, "Cora"),), merges=(Merge(a, b, 0), Merge(b, c, 0)))
    assert [lasting_id(cast, id_) for id_ in (a, b, c)] == [c, c, c]


def test_words_that_stand_nowhere_are_found_nowhere() -> None:
    anchor = QuoteAnchor(QuoteId("q"), "", Place(0))
    assert Anchored("", ()).quote(anchor) is None
