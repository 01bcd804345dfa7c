from domain.cast import Alias, Cast, Character, Gender, Quote
from domain.cast_json import cast_to_json
from domain.ids import CharacterId, QuoteId
from domain.span import Span


def test_a_cast_is_written_as_the_scorer_reads_it() -> None:
    ada = Character(
        CharacterId("c0"),
        "Ada",
        (Alias("Ada", 3, 2),),
        Span(0, 3),
        Gender.FEMALE,
        mention_count=2,
        is_narrator=True,
    )
    quote = Quote(QuoteId("q0"), Span(5, 9), 0, ada.id, 0.9)
    assert cast_to_json(Cast((ada,), (quote,))) == {
        "characters": [
            {"id": "c0", "name": "Ada", "aliases": ["Ada", "_narr"], "count": 2, "gender": "F"}
        ],
        "quotes": [{"start": 5, "end": 9, "character_id": "c0", "confidence": 0.9}],
    }
