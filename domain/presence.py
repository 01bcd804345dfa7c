"""Where in a book its people are: chapter by chapter, from the first word of them to the last."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.book import Chapter
from domain.cast import Cast, Mention
from domain.ids import CharacterId
from domain.span import Span


@dataclass(frozen=True, slots=True)
class ChapterPresence:
    """What one character has in one chapter. `first` and `last`: a mention or a line of theirs."""

    chapter: int  # its place in reading order, as in Chapter.index
    mentions: int
    quotes: int
    first: Span
    last: Span


class Appearance(NamedTuple):
    """A sign that somebody is there: they speak, or the narration tells of them."""

    span: Span
    character_id: CharacterId
    speaks: bool


def presence_by_character(
    cast: Cast, chapters: Sequence[Chapter]
) -> Mapping[CharacterId, tuple[ChapterPresence, ...]]:
    """The chapters in which each character of the cast is named or speaks, in reading order.

    Give it `cast.up_to(frontier)` and the layout's `up_to(frontier)`, and nothing later is told.
    """
    starts = [chapter.span.start for chapter in chapters]
    found: dict[CharacterId, dict[int, ChapterPresence]] = {c.id: {} for c in cast.characters}
    for span, character_id, speaks in sorted(_all_signs(cast)):
        place = bisect_right(starts, span.start) - 1
        if character_id not in found or place < 0:
            continue
        index = chapters[place].index
        so_far = found[character_id].get(index)
        found[character_id][index] = ChapterPresence(
            chapter=index,
            mentions=(so_far.mentions if so_far else 0) + (not speaks),
            quotes=(so_far.quotes if so_far else 0) + speaks,
            first=so_far.first if so_far else span,
            last=max(so_far.last, span, key=lambda s: s.end) if so_far else span,
        )
    return {who: tuple(by_chapter.values()) for who, by_chapter in found.items()}


def appearances(cast: Cast) -> Iterator[Appearance]:
    """By position. One who is only talked about, within speech, does not appear."""
    yield from sorted(
        sign for sign in _all_signs(cast, (m for m in cast.mentions if not _in_speech(m, cast)))
    )


def _all_signs(cast: Cast, mentions: Iterator[Mention] | None = None) -> Iterator[Appearance]:
    for mention in cast.mentions if mentions is None else mentions:
        yield Appearance(mention.span, mention.character_id, speaks=False)
    for quote in cast.quotes:
        if quote.speaker_id is not None:
            yield Appearance(quote.span, quote.speaker_id, speaks=True)


def _in_speech(mention: Mention, cast: Cast) -> bool:
    place = bisect_right(cast.quotes, mention.span.start, key=lambda q: q.span.start) - 1
    return place >= 0 and cast.quotes[place].span.end > mention.span.start
