from dataclasses import replace

from domain.cast import Alias, Cast, Character, Mention, Merge, Quote
from domain.character_ids import with_lasting_ids
from domain.ids import BookId, CharacterId, QuoteId
from domain.span import Span

BOOK = BookId("0b9f7e52-8f0f-4b0e-9a53-6a3d1f6c7a10")


def person(label: str, name: str, start: int, *others: str) -> Character:
    aliases = tuple(Alias(text, start + len(text)) for text in (name, *others))
    return Character(CharacterId(label), name, aliases, Span(start, start + len(name)))


def test_the_same_run_twice_mints_the_same_ids() -> None:
    cast = Cast(characters=(person("c0", "Ida", 10), person("c1", "Percy", 40)))

    first, second = with_lasting_ids(BOOK, cast), with_lasting_ids(BOOK, cast)

    assert first == second
    assert first.characters[0].id != first.characters[1].id


def test_no_later_name_is_in_an_id() -> None:
    early = Cast(characters=(person("c0", "The stranger", 10),))
    late = replace(
        early.characters[0],
        name="Magwitch",
        aliases=(Alias("Magwitch", 900, 40), *early.characters[0].aliases),
    )

    whole = with_lasting_ids(BOOK, Cast(characters=(late,)))

    assert whole.characters[0].id == with_lasting_ids(BOOK, early).characters[0].id


def test_another_book_gets_other_ids() -> None:
    cast = Cast(characters=(person("c0", "Ida", 10),))
    other = BookId("7d0f6a0a-4c3f-4a53-8f0e-51a1f1d8ce11")

    here, there = with_lasting_ids(BOOK, cast), with_lasting_ids(other, cast)

    assert here.characters[0].id != there.characters[0].id


def test_a_character_known_before_keeps_its_id_under_a_new_name() -> None:
    before = with_lasting_ids(BOOK, Cast(characters=(person("c0", "Miss Tull", 10),)))
    again = Cast(characters=(person("c7", "Winifred Tull", 4, "Miss Tull"),))

    kept = with_lasting_ids(BOOK, again, before)

    assert kept.characters[0].id == before.characters[0].id


def test_of_two_that_share_a_name_the_nearest_first_mention_is_the_same_person() -> None:
    before = with_lasting_ids(
        BOOK, Cast(characters=(person("c0", "Tom", 10), person("c1", "Tom", 900)))
    )
    again = Cast(characters=(person("x", "Tom", 895), person("y", "Tom", 12)))

    kept = with_lasting_ids(BOOK, again, before)

    assert [c.id for c in kept.characters] == [
        before.characters[1].id,
        before.characters[0].id,
    ]


def unplaced(label: str, name: str, *others: str) -> Character:
    """As a backend that kept no places knew them."""
    return replace(person(label, name, 0, *others), first_mention=Span(0, 0))


def test_one_known_without_a_place_keeps_its_id_by_any_name_in_any_case() -> None:
    before = Cast(characters=(unplaced("old", "Winifred Tull", "MISS TULL"),))
    again = Cast(characters=(person("x", "Winnie", 900, "Miss Tull"), person("y", "Ida", 4)))

    kept = with_lasting_ids(BOOK, again, before)

    assert kept.characters[0].id == "old"
    assert kept.characters[1].id != "old"


def test_without_places_the_same_name_wins_and_then_the_most_names_in_common() -> None:
    before = Cast(
        characters=(
            unplaced("father", "Mr. Tull", "Tull", "Thomas"),
            unplaced("son", "Tom", "Thomas", "Tom Tull", "Tull"),
        )
    )
    again = Cast(
        characters=(
            person("x", "Tom", 10, "Thomas", "Tull"),
            person("y", "Thomas Tull", 700, "Mr. Tull", "Tull"),
        )
    )

    kept = with_lasting_ids(BOOK, again, before)

    assert [c.id for c in kept.characters] == ["son", "father"]


def test_two_new_characters_of_one_name_and_place_still_differ() -> None:
    cast = Cast(characters=(person("c0", "Tom", 10), person("c1", "Tom", 10)))

    minted = with_lasting_ids(BOOK, cast)

    assert len({c.id for c in minted.characters}) == 2


def test_quotes_mentions_and_merges_follow_their_characters() -> None:
    ida, percy = CharacterId("c0"), CharacterId("c1")
    cast = Cast(
        characters=(person("c0", "Ida", 10), person("c1", "Percy", 40)),
        quotes=(
            Quote(QuoteId("q0"), Span(50, 60), 0, ida, addressee_ids=(percy,)),
            Quote(QuoteId("q1"), Span(70, 80), 1),
        ),
        mentions=(Mention(Span(10, 13), ida),),
        merges=(Merge(percy, ida, 90),),
    )

    minted = with_lasting_ids(BOOK, cast)

    new_ida, new_percy = (c.id for c in minted.characters)
    assert minted.quotes[0].speaker_id == new_ida
    assert minted.quotes[0].addressee_ids == (new_percy,)
    assert minted.quotes[1].speaker_id is None
    assert minted.quotes[0].id != minted.quotes[1].id
    assert minted.mentions[0].character_id == new_ida
    assert minted.merges == (Merge(new_percy, new_ida, 90),)
