"""What a passage is about without saying it: its chapter, and the people behind its pronouns."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from domain.book import BookLayout
from domain.cast import Alias, Cast
from domain.ids import CharacterId
from domain.passage import Passage

MAX_PEOPLE = 8  # those referred to most


def in_context(passages: Sequence[Passage], layout: BookLayout, cast: Cast) -> list[Passage]:
    """The passages with their contexts: title and names, for the search alone.

    A name stands in a context only if the text has tied it to the person before the passage
    begins, and a person only if they are referred to in the passage or the one before it. So a
    passage that a reader may see has no context that they may not.
    """
    references = _References(cast)
    aliases = {c.id: c.aliases for c in cast.characters}
    found = []
    before: Passage | None = None
    for passage in passages:
        follows = before is not None and before.chapter_index == passage.chapter_index
        since = before.span.start if before is not None and follows else passage.span.start
        people = references.between(since, passage.span.end)
        names = [_known_words(aliases.get(p, ()), passage.span.start) for p in people]
        context = ". ".join(filter(None, [_title(passage, layout), *names]))
        found.append(replace(passage, context=context))
        before = passage
    return found


class _References:
    """Who is referred to where: mentions by any word, and the speakers of quotations."""

    def __init__(self, cast: Cast) -> None:
        places = [(m.span.start, m.span.end, m.character_id) for m in cast.mentions]
        places += [
            (q.span.start, max(q.span.end, q.known_from), q.speaker_id)
            for q in cast.quotes
            if q.speaker_id is not None
        ]
        self._places = sorted(places)
        self._starts = [start for start, _, _ in self._places]

    def between(self, start: int, end: int) -> list[CharacterId]:
        """Most often referred to first; what only later words reveal is left out."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        counts = Counter(who for _, known, who in self._places[first:last] if known <= end)
        return [who for who, _ in counts.most_common(MAX_PEOPLE)]


def _known_words(aliases: Sequence[Alias], by: int) -> str:
    words = (word for a in aliases if a.known_from <= by for word in a.text.split())
    return " ".join(dict.fromkeys(words))


def _title(passage: Passage, layout: BookLayout) -> str:
    chapter = layout.chapter_at(passage.span.start)
    # Who sees the passage has read to its end.
    return chapter.title if chapter and chapter.known_from <= passage.span.end else ""
