from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.book import BookLayout, Chapter
from domain.cast import Alias, Cast, Character, Mention, MentionKind, Merge, Quote
from domain.ids import CharacterId, QuoteId
from domain.passage import Passage
from domain.passage_context import MAX_PEOPLE, in_context
from domain.span import Span

ADA, TOBIAS = CharacterId("ada"), CharacterId("tobias")


def character(character_id: CharacterId, *aliases: Alias) -> Character:
    return Character(character_id, aliases[0].text, aliases, Span(0, 3))


def mention(at: int, who: CharacterId) -> Mention:
    return Mention(Span(at, at + 3), who, MentionKind.PRONOUN)


def layout(*starts: int, heading: Span | None = None) -> BookLayout:
    ends = [*starts[1:], 1000]
    return BookLayout(
        1000,
        tuple(
            Chapter(n, f"Chapter {n}", Span(start, end), heading=heading if n == 0 else None)
            for n, (start, end) in enumerate(zip(starts, ends, strict=True))
        ),
    )


def passages(count: int, per_chapter: int = 10) -> list[Passage]:
    """Each 100 code points long."""
    return [
        Passage(n, Span(100 * n, 100 * n + 100), n // per_chapter, "x" * 100) for n in range(count)
    ]


def contexts(passages: list[Passage], layout: BookLayout, cast: Cast) -> list[str]:
    return [p.context for p in in_context(passages, layout, cast)]


def test_without_a_cast_the_context_is_the_chapter() -> None:
    assert contexts(passages(3, 2), layout(0, 200), Cast()) == [
        "Chapter 0",
        "Chapter 0",
        "Chapter 1",
    ]


def test_a_title_that_stands_later_is_not_told_before() -> None:
    found = contexts(passages(3), layout(0, heading=Span(120, 130)), Cast())
    assert found == ["", "Chapter 0", "Chapter 0"]


def test_people_are_named_where_only_a_pronoun_stands_and_in_the_next_passage() -> None:
    cast = Cast((character(ADA, Alias("Ada", 3)),), mentions=(mention(0, ADA), mention(150, ADA)))
    assert contexts(passages(4), layout(0), cast) == [
        "Chapter 0",  # the name itself is only revealed in it
        "Chapter 0. Ada",
        "Chapter 0. Ada",
        "Chapter 0",
    ]


def test_a_name_is_not_told_before_it_is_revealed() -> None:
    aliases = (Alias("the Stranger", 10), Alias("Tobias Wren", 250))
    cast = Cast(
        (character(TOBIAS, *aliases),),
        mentions=tuple(mention(100 * n + 20, TOBIAS) for n in range(4)),
    )
    assert contexts(passages(4), layout(0), cast) == [
        "Chapter 0",
        "Chapter 0. the Stranger",
        "Chapter 0. the Stranger",
        "Chapter 0. the Stranger, Tobias Wren",
    ]


def test_words_of_two_names_make_no_third() -> None:
    aliases = (Alias("Ada", 0), Alias("Miss Ada", 0), Alias("Mrs. Ada Wren", 0))
    cast = Cast((character(ADA, *aliases),), mentions=(mention(20, ADA),))
    assert contexts(passages(1), layout(0), cast) == ["Chapter 0. Ada, Miss, Mrs., Wren"]


def test_who_spoke_before_the_chapter_began_is_not_near() -> None:
    cast = Cast((character(ADA, Alias("Ada", 0)),), mentions=(mention(90, ADA),))
    assert contexts(passages(2, 1), layout(0, 100), cast) == ["Chapter 0. Ada", "Chapter 1"]


def test_speakers_are_referred_to_once_the_text_tells_them() -> None:
    told = Quote(QuoteId("1"), Span(110, 120), 0, ADA, known_from=130)
    told_later = Quote(QuoteId("2"), Span(210, 220), 1, TOBIAS, known_from=320)
    nobody = Quote(QuoteId("3"), Span(215, 225), 2)
    people = (character(ADA, Alias("Ada", 0)), character(TOBIAS, Alias("Tobias", 0)))
    cast = Cast(people, quotes=(told, told_later, nobody))
    assert contexts(passages(4), layout(0), cast) == [
        "Chapter 0",
        "Chapter 0. Ada",
        "Chapter 0. Ada",
        "Chapter 0. Tobias",
    ]


def test_those_referred_to_most_come_first_and_only_so_many() -> None:
    people = tuple(
        character(CharacterId(f"p{n}"), Alias(f"P{n}", 0)) for n in range(MAX_PEOPLE + 3)
    )
    mentions = tuple(
        mention(10 + n, person.id) for n, person in enumerate(people) for _ in range(n + 1)
    )
    (found,) = contexts(passages(1), layout(0), Cast(people, mentions=mentions))
    names = found.split(". ")[1:]
    assert names == [f"P{n}" for n in range(MAX_PEOPLE + 2, 2, -1)]


STRANGER = CharacterId("stranger")


def late_identity() -> Cast:
    """Ada is met at 50; the stranger of 120 turns out to be her at 320."""
    return Cast(
        characters=(
            character(ADA, Alias("Ada", 50)),
            character(STRANGER, Alias("The stranger", 132)),
        ),
        mentions=(mention(50, ADA), mention(120, STRANGER), mention(220, STRANGER)),
        merges=(Merge(STRANGER, ADA, 320),),
    )


def test_one_who_turns_out_to_be_another_has_only_names_of_their_own_before() -> None:
    found = contexts(passages(6), layout(0), late_identity())
    assert "Ada" not in found[2]
    assert found[2].endswith("The stranger")


def test_from_where_two_are_one_they_are_found_by_either_name() -> None:
    cast = late_identity()
    cast = replace(cast, mentions=(*cast.mentions, mention(420, STRANGER)))
    assert contexts(passages(6), layout(0), cast)[4] == "Chapter 0. Ada, The stranger"


def test_a_mention_by_a_name_that_is_nobodys_yet_names_nobody() -> None:
    """Ada is known from 3; that the veiled lady of 120 is she is told at 700."""
    ada = character(ADA, Alias("Ada", 3), Alias("The veiled lady", 700))
    veiled = Mention(Span(120, 135), ADA, alias="The veiled lady")
    assert contexts(passages(3), layout(0), Cast((ada,), mentions=(veiled,)))[1] == "Chapter 0"


@st.composite
def casts(draw: st.DrawFn) -> Cast:
    offset = st.integers(0, 600)
    people = [CharacterId(name) for name in "abcde"]
    who = st.sampled_from(people)
    characters = tuple(
        Character(
            id_,
            names[0][0],
            tuple(Alias(text, tied) for text, tied in names),
            Span(first, first + 1),
        )
        for id_ in people
        for first in [draw(offset)]
        for names in [
            draw(
                st.lists(
                    st.tuples(st.sampled_from(["N1", "N2", "N3", f"of {id_}"]), offset),
                    min_size=1,
                    max_size=3,
                    unique_by=lambda name: name[0],
                )
            )
        ]
    )
    mentions = draw(st.lists(st.tuples(offset, who, st.sampled_from(["", "N1", "N2"]))))
    merges = draw(st.lists(st.tuples(who, who, offset), max_size=4))
    return Cast(
        characters,
        mentions=tuple(Mention(Span(at, at + 2), id_, alias=name) for at, id_, name in mentions),
        merges=tuple(Merge(one, other, at) for one, other, at in merges if one != other),
    )


def without_later_pages(cast: Cast, end: int) -> Cast:
    return replace(
        cast,
        characters=tuple(
            replace(c, aliases=tuple(a for a in c.aliases if a.known_from <= end))
            for c in cast.characters
        ),
        mentions=tuple(
            m
            for m in cast.mentions
            if m.span.end <= end
            and all(
                a.known_from <= end
                for c in cast.characters
                if c.id == m.character_id
                for a in c.aliases
                if a.text == m.alias
            )
        ),
        merges=tuple(m for m in cast.merges if m.known_from <= end),
    )


@given(casts(), st.integers(0, 5))
def test_nothing_after_a_passage_has_a_part_in_its_context(cast: Cast, index: int) -> None:
    everything = contexts(passages(6), layout(0), cast)
    end = 100 * index + 100
    assert (
        contexts(passages(6), layout(0), without_later_pages(cast, end))[index]
        == (everything[index])
    )


@given(casts(), st.integers(0, 5))
def test_a_context_has_only_names_that_are_known_before_the_passage(cast: Cast, index: int) -> None:
    start = 100 * index
    known = [a.text for c in cast.characters for a in c.aliases if a.known_from <= start]
    told = contexts(passages(6), layout(0), cast)[index].removeprefix("Chapter 0")
    pieces = [piece for person in told.split(". ") for piece in person.split(", ") if piece]
    assert all(any(piece in name for name in known) for piece in pieces)


def test_who_i_am_is_no_context_before_the_text_tells_it() -> None:
    tells = replace(character(ADA, Alias("Ada", 3)), is_narrator=True, narrator_known_from=250)
    cast = Cast(
        (tells,),
        quotes=(Quote(QuoteId("q"), Span(110, 120), 0, ADA, 0.9),),
        mentions=(mention(105, ADA), mention(260, ADA)),
    )
    assert contexts(passages(3), layout(0), cast) == [
        "Chapter 0",
        "Chapter 0",
        "Chapter 0. Ada",
    ]
