"""What a passage is about without saying it: its chapter, and the people behind its pronouns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from domain.book import BookLayout
from domain.cast import AttributionKind, Cast, Character, Quote
from domain.frontier import Frontier
from domain.ids import CharacterId
from domain.passage import Passage

MAX_PEOPLE = 8  # those referred to most


def in_context(passages: Sequence[Passage], layout: BookLayout, cast: Cast) -> list[Passage]:
    """The passages with their contexts: title and names, for the search alone.

    `cast`: the whole one, as it was put. A name stands in a context only if the text has tied it to
    the person before the passage begins, be it by telling that two are one; and a person only if
    they are referred to in the passage or the one before it. So a passage that a reader may see
    has no context that they may not.
    """
    references = _References(cast)
    names = _Names(cast)
    found = []
    before: Passage | None = None
    for passage in passages:
        follows = before is not None and before.chapter_index == passage.chapter_index
        since = before.span.start if before is not None and follows else passage.span.start
        by = passage.span.start
        here = references.between(since, passage.span.end)
        people = Counter(names.person(who, by) for who in here)
        told = [names.words(who, by) for who, _ in people.most_common(MAX_PEOPLE)]
        context = ". ".join(filter(None, [_title(passage, layout), *told]))
        found.append(replace(passage, context=context))
        before = passage
    return found


class _References:
    """Who is referred to where: mentions by any word, and the speakers of quotations."""

    def __init__(self, cast: Cast) -> None:
        tied = {(c.id, a.text): a.known_from for c in cast.characters for a in c.aliases}
        tied |= {(c.id, ""): told for c in cast.characters if (told := c.narrator_known_from)}
        places = [
            (m.span.start, max(m.span.end, tied.get((m.character_id, m.alias), 0)), m.character_id)
            for m in cast.mentions
        ]
        places += [
            (q.span.start, max(q.span.end, q.known_from, self._by_i(q, tied)), q.speaker_id)
            for q in cast.quotes
            if q.speaker_id is not None
        ]
        self._places = sorted(places)
        self._starts = [start for start, _, _ in self._places]

    @staticmethod
    def _by_i(quote: Quote, tied: Mapping[tuple[CharacterId, str], int]) -> int:
        """Where a line without its speaker's name is told by who "I" am."""
        by_name = quote.attribution is AttributionKind.EXPLICIT
        return 0 if by_name or quote.speaker_id is None else tied.get((quote.speaker_id, ""), 0)

    def between(self, start: int, end: int) -> Iterator[CharacterId]:
        """Once a reference; what only words after `end` reveal is left out."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        yield from (who for _, known, who in self._places[first:last] if known <= end)


class _Names:
    """What each person is called, by a place in the text; ask from the first place to the last."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._told = sorted(merge.known_from for merge in cast.merges)
        self._merges = 0  # how many of them are known
        self._into: Mapping[CharacterId, CharacterId] = {}
        self._members: Mapping[CharacterId, Sequence[Character]] = {}
        self._know(0)

    def person(self, who: CharacterId, by: int) -> CharacterId:
        if bisect_right(self._told, by) != self._merges:
            self._know(by)
        return self._into.get(who, who)

    def words(self, person: CharacterId, by: int) -> str:
        """Of all their names, each once. Words that follow one another in no name stand apart: side
        by side they might make one that the text only has later."""
        known = (
            a.text for c in self._members.get(person, ()) for a in c.aliases if a.known_from <= by
        )
        said: set[str] = set()
        pieces: list[str] = []
        for name in known:
            for is_new, words in groupby(name.split(), key=lambda word: word not in said):
                if is_new:
                    pieces.append(" ".join(words))
            said.update(name.split())
        return ", ".join(pieces)

    def _know(self, by: int) -> None:
        self._merges = bisect_right(self._told, by)
        self._into = self._cast.identities(Frontier(by))
        members: dict[CharacterId, list[Character]] = {}
        for character in self._cast.characters:
            person = self._into.get(character.id, character.id)
            members.setdefault(person, []).append(character)
        self._members = members


def _title(passage: Passage, layout: BookLayout) -> str:
    chapter = layout.chapter_at(passage.span.start)
    # Who sees the passage has read to its end.
    return chapter.title if chapter and chapter.known_from <= passage.span.end else ""
