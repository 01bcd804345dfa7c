from hypothesis import given
from hypothesis import strategies as st

from domain.book import Chapter
from domain.cast import Alias, Cast, Character, Mention, Quote
from domain.frontier import Frontier
from domain.ids import CharacterId, QuoteId
from domain.presence import ChapterPresence, appearances, presence_by_character
from domain.span import Span
from tests.unit.domain.test_cast import casts

A, B = (CharacterId(letter) for letter in "ab")
PEOPLE = tuple(Character(i, i.upper(), (Alias(i.upper(), 1),), Span(0, 1)) for i in (A, B))
CHAPTERS = tuple(Chapter(n, f"Chapter {n + 1}", Span(20 * n, 20 * n + 20)) for n in range(4))


def said(start: int, end: int, speaker: CharacterId | None) -> Quote:
    return Quote(QuoteId(str(start)), Span(start, end), start, speaker)


def named(who: CharacterId, start: int) -> Mention:
    return Mention(Span(start, start + 2), who)


def test_presence_counts_mentions_and_lines_by_chapter() -> None:
    cast = Cast(PEOPLE, (said(4, 9, A), said(45, 50, A)), (named(A, 1), named(A, 11)))
    assert presence_by_character(cast, CHAPTERS) == {
        A: (
            ChapterPresence(0, mentions=2, quotes=1, first=Span(1, 3), last=Span(11, 13)),
            ChapterPresence(2, mentions=0, quotes=1, first=Span(45, 50), last=Span(45, 50)),
        ),
        B: (),
    }


def test_what_stands_before_the_first_chapter_is_in_none() -> None:
    cast = Cast(PEOPLE, mentions=(named(A, 1),))
    assert presence_by_character(cast, CHAPTERS[1:])[A] == ()


def test_who_is_only_talked_about_does_not_appear() -> None:
    cast = Cast(PEOPLE, (said(4, 12, A), said(14, 18, None)), (named(B, 6), named(B, 12)))
    assert [(sign.character_id, sign.speaks) for sign in appearances(cast)] == [
        (A, True),
        (B, False),
    ]


@given(casts())
def test_each_mention_and_line_of_a_known_character_counts_once(cast: Cast) -> None:
    found = presence_by_character(cast, CHAPTERS)
    for character in cast.characters:
        chapters = found[character.id]
        assert [p.chapter for p in chapters] == sorted({p.chapter for p in chapters})
        assert sum(p.mentions for p in chapters) == sum(
            m.character_id == character.id for m in cast.mentions
        )
        assert sum(p.quotes for p in chapters) == sum(
            q.speaker_id == character.id for q in cast.quotes
        )


@given(casts(), st.integers(0, 70).map(Frontier))
def test_no_presence_is_told_early(cast: Cast, frontier: Frontier) -> None:
    for chapters in presence_by_character(cast.up_to(frontier), CHAPTERS).values():
        assert all(frontier.sees(p.first) and frontier.sees(p.last) for p in chapters)
