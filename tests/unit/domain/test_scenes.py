from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.book import Chapter
from domain.cast import Alias, Cast, Character, Mention, Quote
from domain.frontier import Frontier
from domain.ids import CharacterId, QuoteId
from domain.scenes import COMPANY, SILENCE, scenes_of
from domain.span import Span
from tests.unit.domain.test_cast import casts
from tests.unit.domain.test_presence import CHAPTERS

A, B, C, D, E = (CharacterId(letter) for letter in "abcde")
PEOPLE = tuple(Character(i, i.upper(), (Alias(i.upper(), 1),), Span(0, 1)) for i in (A, B, C, D, E))
LONG = (Chapter(0, "Chapter 1", Span(0, 50_000)), Chapter(1, "Chapter 2", Span(50_000, 99_000)))


def named(who: CharacterId, at: int) -> Mention:
    return Mention(Span(at, at + 5), who)


def together(*who: CharacterId, since: int) -> tuple[Mention, ...]:
    """The people, in turn, for as long as a company is looked at."""
    places = range(since, since + COMPANY, 100)
    return tuple(named(who[n % len(who)], at) for n, at in enumerate(places))


def people_in(cast: Cast) -> list[set[CharacterId]]:
    return [set(scene.character_ids) for scene in scenes_of(cast, LONG)]


def test_a_scene_runs_from_the_first_sign_of_its_people_to_the_last() -> None:
    line = Quote(QuoteId("1"), Span(40, 90), 0, B)
    (scene,) = scenes_of(Cast(PEOPLE, (line,), (named(A, 10), named(A, 20))), LONG)
    assert (scene.span, scene.chapter, scene.quotes) == (Span(10, 90), 0, 1)
    assert scene.character_ids == (A, B)


def test_a_long_silence_parts_scenes() -> None:
    near, far = named(A, 5 + SILENCE), named(A, 6 + SILENCE)
    assert people_in(Cast(PEOPLE, mentions=(named(A, 0), near))) == [{A}]
    assert people_in(Cast(PEOPLE, mentions=(named(A, 0), far))) == [{A}, {A}]


def test_a_chapter_parts_scenes() -> None:
    mentions = (named(A, 49_990), named(A, 50_010))
    assert [s.chapter for s in scenes_of(Cast(PEOPLE, mentions=mentions), LONG)] == [0, 1]


def test_other_company_is_another_scene_though_one_goes_from_the_one_to_the_other() -> None:
    mentions = together(A, B, since=0) + together(A, C, D, since=COMPANY + 100)
    assert people_in(Cast(PEOPLE, mentions=mentions)) == [{A, B}, {A, C, D}]


def test_who_comes_in_changes_no_scene() -> None:
    mentions = together(A, B, since=0) + together(A, B, C, since=COMPANY)
    assert people_in(Cast(PEOPLE, mentions=mentions)) == [{A, B, C}]


def test_who_is_named_in_passing_changes_no_scene() -> None:
    mentions = (*together(A, B, since=0), named(C, COMPANY), named(D, COMPANY + 10))
    assert people_in(Cast(PEOPLE, mentions=mentions)) == [{A, B, C, D}]


@given(casts())
def test_scenes_stand_in_order_and_hold_their_people(cast: Cast) -> None:
    scenes = scenes_of(cast, CHAPTERS)
    known = {c.id for c in cast.characters}
    for scene in scenes:
        assert set(scene.character_ids) <= known
        assert len(set(scene.character_ids)) == len(scene.character_ids) > 0
        assert CHAPTERS[scene.chapter].span.start <= scene.span.start
    assert all(a.span.start <= b.span.start for a, b in pairwise(scenes))


@given(casts(), st.integers(0, 70).map(Frontier))
def test_no_scene_is_told_early(cast: Cast, frontier: Frontier) -> None:
    for scene in scenes_of(cast.up_to(frontier), CHAPTERS):
        assert frontier.sees(scene.span)
