"""Scenes: stretches of a chapter in which the same people are together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from domain.book import Chapter
from domain.cast import Cast
from domain.ids import CharacterId
from domain.presence import Appearance, appearances
from domain.span import Span

SILENCE = 2_000  # code points without anybody end a scene
COMPANY = 2_000  # code points before and after a place whose people are compared
MIN_SIGNS = 2  # of one person there; who is named once in passing is no company
MIN_COMPANY = 2  # people on either side; a lone walker changes no scene


@dataclass(frozen=True, slots=True)
class Scene:
    span: Span  # from the first sign of its people to the last
    chapter: int  # as in Chapter.index
    character_ids: tuple[CharacterId, ...]  # who is there, most present first
    quotes: int  # lines spoken by them


def scenes_of(cast: Cast, chapters: Sequence[Chapter]) -> tuple[Scene, ...]:
    """Scenes in reading order.

    A scene ends with its chapter, where nobody appears for long, and where, but for one who goes
    from the one to the other, the people are all different ones. Give it `cast.up_to(frontier)` and
    the layout's `up_to(frontier)`, and nothing later is told.
    """
    return tuple(
        _scene(chapter, run)
        for chapter, signs in _by_chapter(cast, chapters)
        for stretch in _parted(signs, _silences(signs))
        for run in _parted(stretch, _changes_of_company(stretch))
    )


def _by_chapter(
    cast: Cast, chapters: Sequence[Chapter]
) -> Iterator[tuple[Chapter, list[Appearance]]]:
    known = {c.id for c in cast.characters}
    signs = [sign for sign in appearances(cast) if sign.character_id in known]
    place = 0
    for chapter in chapters:
        first = place
        while place < len(signs) and signs[place].span.start < chapter.span.end:
            place += 1
        if place > first:
            yield chapter, signs[first:place]


def _parted(signs: list[Appearance], cuts: list[int]) -> Iterator[list[Appearance]]:
    """`cuts`: indices of the signs that begin another part."""
    for start, end in zip([0, *cuts], [*cuts, len(signs)], strict=True):
        yield signs[start:end]


def _silences(signs: list[Appearance]) -> list[int]:
    return [i for i in range(1, len(signs)) if _gap(signs, i) > SILENCE]


def _changes_of_company(signs: list[Appearance]) -> list[int]:
    """Of each run of places where the company has changed, the one after the widest gap."""
    changed = [i for i, change in enumerate(_company_changes(signs)) if change]
    runs = groupby(enumerate(changed), key=lambda numbered: numbered[1] - numbered[0])
    return [max((i for _, i in run), key=lambda i: _gap(signs, i)) for _, run in runs]


def _company_changes(signs: list[Appearance]) -> Iterator[bool]:
    """For each sign, whether it begins another company. Linear: two windows move along."""
    before: Counter[CharacterId] = Counter()
    after: Counter[CharacterId] = Counter()
    first = last = 0
    for sign in signs:
        here = sign.span.start
        while last < len(signs) and signs[last].span.start < here + COMPANY:
            after[signs[last].character_id] += 1
            last += 1
        while signs[first].span.end + COMPANY < here:
            _leave(before, signs[first].character_id)
            first += 1
        yield _other(before, after)
        _leave(after, sign.character_id)
        before[sign.character_id] += 1


def _leave(signs: Counter[CharacterId], who: CharacterId) -> None:
    signs[who] -= 1
    if not signs[who]:
        del signs[who]


def _other(before: Counter[CharacterId], after: Counter[CharacterId]) -> bool:
    left, right = _company(before), _company(after)
    return min(len(left), len(right)) >= MIN_COMPANY and len(left & right) <= 1


def _company(signs: Counter[CharacterId]) -> set[CharacterId]:
    return {who for who, count in signs.items() if count >= MIN_SIGNS}


def _gap(signs: list[Appearance], index: int) -> int:
    return signs[index].span.start - signs[index - 1].span.end


def _scene(chapter: Chapter, signs: list[Appearance]) -> Scene:
    counts = Counter(sign.character_id for sign in signs)
    return Scene(
        span=Span(signs[0].span.start, max(sign.span.end for sign in signs)),
        chapter=chapter.index,
        character_ids=tuple(who for who, _ in counts.most_common()),
        quotes=sum(sign.speaks for sign in signs),
    )
