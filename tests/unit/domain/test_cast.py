from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.cast import (
    Alias,
    AttributionKind,
    Cast,
    Character,
    Gender,
    Mention,
    MentionKind,
    Merge,
    Quote,
)
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId, QuoteId
from domain.relations import RelationKind, relations_of
from domain.span import Span
from tests.unit.domain.test_span import spans

LOUISA, STRANGER, BOUNDERBY = CharacterId("louisa"), CharacterId("stranger"), CharacterId("b")

CAST = Cast(
    characters=(
        Character(
            LOUISA,
            "Louisa Gradgrind",
            (Alias("Louisa", 10, 3), Alias("Louisa Gradgrind", 200), Alias("Mrs. Bounderby", 700)),
            Span(4, 10),
            Gender.FEMALE,
            mention_count=4,
            quote_count=9,
        ),
        Character(STRANGER, "the stranger", (Alias("the stranger", 40),), Span(28, 40)),
        Character(BOUNDERBY, "Bounderby", (Alias("Bounderby", 500),), Span(490, 500), Gender.MALE),
    ),
    quotes=(
        Quote(
            QuoteId("q1"), Span(70, 90), 0, LOUISA, 0.9, addressee_ids=(STRANGER,), known_from=104
        ),
        Quote(QuoteId("q2"), Span(110, 120), 1),
        Quote(QuoteId("q3"), Span(300, 320), 2, STRANGER, 0.5, AttributionKind.ANAPHORIC),
        Quote(QuoteId("q4"), Span(520, 540), 3, BOUNDERBY, 0.5, addressee_ids=(LOUISA,)),
    ),
    mentions=(
        Mention(Span(4, 10), LOUISA, alias="Louisa"),
        Mention(Span(28, 40), STRANGER, MentionKind.NOMINAL, "the stranger"),
        Mention(Span(92, 95), LOUISA, MentionKind.PRONOUN),
        Mention(Span(490, 500), BOUNDERBY, alias="Bounderby"),
    ),
    merges=(Merge(STRANGER, BOUNDERBY, 900),),
    warnings=("A warning.",),
)


def known(offset: int, cast: Cast = CAST) -> Cast:
    return cast.up_to(Frontier(offset))


def names(offset: int, cast: Cast = CAST) -> list[str]:
    return [character.name for character in known(offset, cast).characters]


def test_who_has_not_been_met_is_not_there() -> None:
    assert names(9) == []
    assert names(10) == ["Louisa"]
    assert sorted(names(500)) == ["Bounderby", "Louisa Gradgrind", "the stranger"]


def test_a_character_is_called_by_a_name_that_is_known() -> None:
    assert known(199).characters[0].name == "Louisa"
    assert known(200).characters[0].name == "Louisa Gradgrind"
    assert [a.text for a in known(699).characters[0].aliases] == ["Louisa", "Louisa Gradgrind"]


def test_who_was_met_but_not_yet_by_any_name_is_not_there() -> None:
    nameless = Character(LOUISA, "Louisa", (Alias("Louisa", 50),), Span(4, 10))
    pronoun = Mention(Span(4, 10), LOUISA, MentionKind.PRONOUN)
    line = Quote(QuoteId("q"), Span(12, 20), 0, LOUISA, 0.9)
    cast = Cast((nameless,), (line,), (pronoun,))
    assert known(49, cast) == Cast((), (replace(line, speaker_id=None, confidence=0.0),))
    assert known(50, cast).quotes[0].speaker_id == LOUISA


def test_counts_are_of_what_has_been_read() -> None:
    louisa = known(104).character(LOUISA)
    assert louisa is not None
    assert (louisa.mention_count, louisa.quote_count) == (2, 1)
    assert louisa.aliases == (Alias("Louisa", 10, 1),)


def test_a_line_is_visible_when_it_ends_and_its_speaker_when_the_text_tells() -> None:
    assert known(89).quotes == ()
    (unattributed,) = known(103).quotes
    assert (unattributed.speaker_id, unattributed.confidence) == (None, 0.0)
    assert unattributed.addressee_ids == ()
    assert known(104).quotes[0] == CAST.quotes[0]


def test_a_speaker_or_addressee_who_is_not_known_is_not_named() -> None:
    early = replace(CAST, quotes=(replace(CAST.quotes[0], addressee_ids=(BOUNDERBY, STRANGER)),))
    assert known(104, early).quotes[0].addressee_ids == (STRANGER,)


def test_a_mention_by_a_name_not_yet_tied_to_its_character_is_not_told() -> None:
    tied_late = replace(
        CAST.characters[0], aliases=(Alias("Louisa", 10), Alias("the young lady", 600))
    )
    told = Mention(Span(50, 64), LOUISA, MentionKind.NOMINAL, "the young lady")
    cast = Cast((tied_late,), mentions=(told,))
    assert known(599, cast).mentions == ()
    assert known(600, cast).mentions == (told,)


def test_two_who_prove_to_be_one_are_one_from_then_on() -> None:
    before, after = known(899), known(900)
    assert before.character(STRANGER) is not None
    assert before.merges == ()
    one = after.character(BOUNDERBY)
    assert one is not None
    assert after.character(STRANGER) is None
    assert (one.first_mention, one.gender, one.name) == (Span(28, 40), Gender.MALE, "Bounderby")
    assert (one.mention_count, one.quote_count) == (2, 2)
    assert {m.character_id for m in after.mentions} == {LOUISA, BOUNDERBY}
    assert after.quotes[0].addressee_ids == (BOUNDERBY,)
    assert after.merges == CAST.merges


def test_a_name_of_the_absorbed_is_theirs_from_the_merge_on() -> None:
    one = known(900).character(BOUNDERBY)
    assert one is not None
    assert {a.text: a.known_from for a in one.aliases} == {"the stranger": 900, "Bounderby": 500}


def test_a_chain_of_merges_is_followed_to_its_end() -> None:
    chain = replace(CAST, merges=(Merge(STRANGER, BOUNDERBY, 900), Merge(BOUNDERBY, LOUISA, 950)))
    assert names(950, chain) == ["Louisa Gradgrind"]
    assert len(known(900, chain).characters) == 2


def test_a_merge_that_closes_a_circle_counts_for_nothing() -> None:
    there_and_back = (Merge(STRANGER, BOUNDERBY, 900), Merge(BOUNDERBY, STRANGER, 950))
    circle = replace(CAST, merges=(*there_and_back, Merge(LOUISA, LOUISA, 960)))
    assert known(999, circle).characters == known(999).characters


def test_the_earliest_merge_of_a_character_counts() -> None:
    twice = replace(CAST, merges=(Merge(STRANGER, LOUISA, 950), *CAST.merges))
    assert known(999, twice).characters == known(999).characters


def test_one_may_be_absorbed_by_somebody_who_has_no_entry() -> None:
    without = replace(CAST, characters=CAST.characters[:2])
    assert {c.id for c in known(900, without).characters} == {LOUISA, BOUNDERBY}


def test_the_prominent_come_first() -> None:
    assert [c.id for c in known(899).characters] == [LOUISA, STRANGER, BOUNDERBY]


@pytest.mark.parametrize(
    ("name", "is_theirs"), [(" louisa ", True), ("LOUISA", True), ("Lou", False)]
)
def test_a_character_answers_to_their_names(name: str, is_theirs: bool) -> None:
    assert CAST.characters[0].is_called(name) is is_theirs


# Properties

IDS = [CharacterId(letter) for letter in "abcd"]
OFFSETS = st.integers(0, 60)
NAMES = st.sampled_from(["Tom", "Sissy", "the girl", "Mr. X"])


@st.composite
def characters(draw: st.DrawFn, character_id: CharacterId) -> Character:
    texts = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    return Character(
        id=character_id,
        name=draw(st.sampled_from(texts)),
        aliases=tuple(Alias(text, draw(OFFSETS), draw(st.integers(0, 5))) for text in texts),
        first_mention=draw(spans()),
        mention_count=draw(st.integers(0, 9)),
        quote_count=draw(st.integers(0, 9)),
    )


@st.composite
def casts(draw: st.DrawFn) -> Cast:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True))
    who = st.sampled_from(IDS)
    return Cast(
        characters=tuple(draw(characters(i)) for i in ids),
        quotes=tuple(
            Quote(
                QuoteId(str(n)),
                span,
                n,
                draw(st.none() | who),
                draw(st.floats(0, 1)),
                addressee_ids=tuple(draw(st.lists(who, max_size=2))),
                known_from=draw(OFFSETS),
            )
            for n, span in enumerate(sorted(draw(st.lists(spans(), max_size=5))))
        ),
        mentions=tuple(
            Mention(span, draw(who), alias=draw(st.just("") | NAMES))
            for span in sorted(draw(st.lists(spans(), max_size=6)))
        ),
        merges=tuple(
            Merge(draw(who), draw(who), draw(OFFSETS)) for _ in range(draw(st.integers(0, 3)))
        ),
    )


def read_so_far(cast: Cast, frontier: Frontier) -> Cast:
    """What an extractor would have made of the book if it ended at the frontier."""

    def as_met(character: Character) -> Character:
        aliases = tuple(a for a in character.aliases if frontier.knows(a.known_from))
        called = any(a.text == character.name for a in aliases)
        return replace(
            character,
            name=character.name if called else "",
            aliases=tuple(replace(a, count=0) for a in aliases),
            mention_count=0,
            quote_count=0,
        )

    tied = {(c.id, a.text): a.known_from for c in cast.characters for a in c.aliases}
    return Cast(
        characters=tuple(as_met(c) for c in cast.characters if frontier.knows(c.known_from))[::-1],
        quotes=tuple(
            q
            if frontier.knows(q.known_from)
            else replace(q, speaker_id=None, addressee_ids=(), confidence=0.0)
            for q in cast.quotes
            if frontier.sees(q.span)
        ),
        mentions=tuple(
            m
            for m in cast.mentions
            if frontier.sees(m.span) and frontier.knows(tied.get((m.character_id, m.alias), 0))
        ),
        merges=tuple(m for m in cast.merges if frontier.knows(m.known_from)),
    )


def without_unknowable(cast: Cast) -> Cast:
    """A quote's `known_from` past the frontier tells no more than that nobody is named."""
    return replace(
        cast, quotes=tuple(replace(q, known_from=0) if not q.speaker_id else q for q in cast.quotes)
    )


def a_person(character_id: str, **known_from: int) -> Character:
    """Called by the first of these names."""
    aliases = tuple(Alias(text, offset, 1) for text, offset in known_from.items())
    return Character(CharacterId(character_id), aliases[0].text, aliases, Span(0, 1))


# Tom is known as the name of the one who is absorbed, and not yet as the other's.
@example(
    Cast(
        characters=(a_person("a", Tom=0), a_person("b", Tom=9, Sissy=0)),
        merges=(Merge(CharacterId("a"), CharacterId("b"), 0),),
    ),
    Frontier(1),
)
@given(casts(), st.integers(0, 70).map(Frontier))
def test_nothing_past_the_frontier_makes_any_difference(cast: Cast, frontier: Frontier) -> None:
    shown = cast.up_to(frontier)
    shown_of_less = read_so_far(cast, frontier).up_to(frontier)
    assert without_unknowable(shown) == without_unknowable(shown_of_less)


@given(casts(), st.integers(0, 70).map(Frontier))
def test_no_position_past_the_frontier_is_told(cast: Cast, frontier: Frontier) -> None:
    shown = cast.up_to(frontier)
    assert all(frontier.sees(q.span) for q in shown.quotes)
    assert all(frontier.knows(q.known_from) for q in shown.quotes if q.speaker_id)
    assert all(frontier.sees(m.span) for m in shown.mentions)
    assert all(frontier.knows(m.known_from) for m in shown.merges)
    for character in shown.characters:
        assert frontier.knows(character.known_from)
        assert all(frontier.knows(a.known_from) for a in character.aliases)


@given(casts(), st.integers(0, 70).map(Frontier))
def test_whoever_is_named_is_in_the_cast_and_counted_right(cast: Cast, frontier: Frontier) -> None:
    shown = cast.up_to(frontier)
    there = {c.id for c in shown.characters}
    assert len(there) == len(shown.characters)
    assert {m.character_id for m in shown.mentions} <= there
    for quote in shown.quotes:
        assert {quote.speaker_id, *quote.addressee_ids} - {None} <= there
    for character in shown.characters:
        assert character.name in [a.text for a in character.aliases]
        assert character.mention_count == sum(
            m.character_id == character.id for m in shown.mentions
        )
        assert character.quote_count == sum(q.speaker_id == character.id for q in shown.quotes)


@given(casts())
def test_the_whole_book_shows_every_line_and_every_merge(cast: Cast) -> None:
    shown = cast.up_to(WHOLE_BOOK)
    assert [q.span for q in shown.quotes] == [q.span for q in cast.quotes]
    assert shown.merges == cast.merges


def test_a_gender_is_not_told_before_the_text_tells_it() -> None:
    louisa = replace(CAST.characters[0], gender_known_from=95)
    cast = replace(CAST, characters=(louisa, *CAST.characters[1:]))
    early, late = (known(at, cast).character(LOUISA) for at in (94, 95))
    assert early is not None
    assert late is not None
    assert (early.gender, early.gender_known_from) == (None, 0)
    assert (late.gender, late.gender_known_from) == (Gender.FEMALE, 95)


def test_the_gender_of_one_is_that_of_whoever_is_known_to_have_one() -> None:
    stranger = replace(CAST.characters[1], gender=Gender.MALE, gender_known_from=50)
    bounderby = replace(CAST.characters[2], gender_known_from=WHOLE_BOOK.offset)
    cast = replace(CAST, characters=(CAST.characters[0], stranger, bounderby))
    apart, one = known(899, cast), known(900, cast)
    assert [c and c.gender for c in map(apart.character, (STRANGER, BOUNDERBY))] == ["M", None]
    joined = one.character(BOUNDERBY)
    assert joined is not None
    assert (joined.gender, joined.gender_known_from) == (Gender.MALE, 50)


def told_by_bounderby(known_from: int) -> Cast:
    """ "I" from the first line on, who is named in passing and turns out to be Bounderby."""
    tells = replace(
        CAST.characters[2],
        aliases=(Alias("Bounderby", 60),),
        first_mention=Span(0, 1),
        is_narrator=True,
        narrator_known_from=known_from,
    )
    return Cast(
        characters=(CAST.characters[0], tells),
        quotes=(
            Quote(QuoteId("q0"), Span(20, 30), 0, BOUNDERBY, 0.9, AttributionKind.ANAPHORIC),
            Quote(QuoteId("q1"), Span(32, 36), 1, LOUISA, 0.9, addressee_ids=(BOUNDERBY,)),
            Quote(QuoteId("q2"), Span(62, 70), 2, BOUNDERBY, 0.9, AttributionKind.EXPLICIT),
        ),
        mentions=(
            Mention(Span(0, 1), BOUNDERBY, MentionKind.PRONOUN),
            Mention(Span(4, 10), LOUISA, alias="Louisa"),
            Mention(Span(51, 60), BOUNDERBY, alias="Bounderby"),
            Mention(Span(80, 81), BOUNDERBY, MentionKind.PRONOUN),
        ),
    )


def test_who_tells_the_story_is_not_told_before_the_text_tells_it() -> None:
    cast = told_by_bounderby(500)
    early = known(499, cast)
    named = early.character(BOUNDERBY)
    assert named is not None
    assert (named.is_narrator, named.narrator_known_from) == (False, 0)
    assert (named.first_mention, named.mention_count, named.quote_count) == (Span(51, 60), 1, 1)
    assert [q.speaker_id for q in early.quotes] == [None, LOUISA, BOUNDERBY]
    assert [q.addressee_ids for q in early.quotes] == [(), (), ()]
    assert known(59, cast).character(BOUNDERBY) is None

    told = known(500, cast).character(BOUNDERBY)
    assert told is not None
    assert (told.is_narrator, told.mention_count, told.quote_count) == (True, 3, 2)


def test_to_whom_is_not_told_before_somebody_has_answered() -> None:
    asked = replace(CAST.quotes[3], addressees_known_from=600)
    cast = replace(CAST, quotes=(*CAST.quotes[:3], asked))
    for offset, told in ((599, ()), (600, (LOUISA,))):
        line = known(offset, cast).quotes[-1]
        assert (line.speaker_id, line.addressee_ids) == (BOUNDERBY, told)
    relations = relations_of(known(600, cast))
    assert [r.known_from for r in relations if r.kind is RelationKind.SPEAKS_WITH] == [104, 600]
