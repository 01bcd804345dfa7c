from dataclasses import replace

from domain.cast import Alias, AttributionKind, Cast, Character, Mention, Quote
from domain.ids import CharacterId, QuoteId
from domain.span import Span
from domain.split_character import split_off

VANE, NEW = CharacterId("vane"), CharacterId("new")
LINE = Quote(QuoteId("q"), Span(20, 30), 0, VANE, 0.9, AttributionKind.ANAPHORIC, known_from=45)
CAST = Cast(
    characters=(
        Character(VANE, "Miss Vane", (Alias("Miss Vane", 9), Alias("Mrs. Vane", 44)), Span(0, 9)),
    ),
    quotes=(LINE,),
    mentions=(
        Mention(Span(0, 9), VANE, alias="Miss Vane"),
        Mention(Span(35, 44), VANE, alias="Mrs. Vane"),
    ),
)


def speaker(line: Quote) -> CharacterId | None:
    cast = replace(CAST, quotes=(line,))
    apart = split_off(cast, CAST.characters[0], ("Mrs. Vane",), NEW, frozenset())
    assert apart is not None
    return apart.quotes[0].speaker_id


def test_a_tagged_line_goes_with_whoever_is_named_last_by_its_tag() -> None:
    assert speaker(LINE) == NEW


def test_an_untagged_line_does_not_go_with_whoever_is_named_by_the_answer() -> None:
    assert speaker(replace(LINE, attribution=AttributionKind.IMPLICIT)) == VANE
