"""A book's text made ready for looking up what is quoted from it.

Typography may differ, and so may the case of letters and the marks at either end; words may be
left out where "..." or "[...]" says so, and a speech tag that interrupts what somebody says. A
word that was changed, added or left out unsaid, and a splice of two places, are found nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from domain.cast import Quote
from domain.frontier import Frontier
from domain.letters import Found, Letters
from domain.marker import MARKER
from domain.span import Span
from domain.typography import fold

MAX_PLACES = 50  # that are told of a quotation which stands in the book more than once
_MAX_ANCHORS = 400  # places of one part that are tried, of a quotation with words left out
_WIDEST_GAP = 1_500  # code points that an elision may leave out
_NARROW_GAP = 200  # beside a part of one or two words
_SHORT = 3  # words; one part at least has as many
_LEAST_ELIDED = 4  # words of a quotation with an elision
_LONGEST_MARKS = 6

_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
_ELISION = re.compile(r"[\[(]?\s*(?:…|\.(?:\s?\.){2,})\s*[\])]?")
_NO_WORDS = re.compile(rf"{MARKER.pattern}|\[sic\]", re.IGNORECASE)


def without_markers(quotation: str) -> str:
    """Without the numbers of passages, which are none of its words."""
    return _NO_WORDS.sub(" ", quotation)


class QuotableText:
    """`quotes`: the book's direct speech, in order."""

    def __init__(self, text: str, quotes: Sequence[Quote] = ()) -> None:
        self.text = text
        self._letters = Letters(text)
        self._speech = Letters(text, _interrupted(text, quotes))

    @property
    def size(self) -> int:
        """In letters, of which each takes some five bytes."""
        return len(self._letters) + len(self._speech)

    def find(self, quotation: str, up_to: Frontier) -> list[Found]:
        """Where the book has these words, wholly before the frontier, in order."""
        words = without_markers(quotation)
        wanted = Letters(words)
        whole = self._whole(wanted, up_to)
        elided = [] if whole else self._elided(words, up_to)
        return [self._with_marks(found, words) for found in whole or elided]

    def _whole(self, wanted: Letters, up_to: Frontier) -> list[Found]:
        if not wanted.text:
            return []
        for letters in (self._letters, self._speech):
            places = letters.find(wanted, 0, letters.before(up_to.offset))
            found = [letters.found(place, len(wanted)) for place in islice(places, MAX_PLACES)]
            if found:
                return found
        return []

    def _elided(self, words: str, up_to: Frontier) -> list[Found]:
        parts = [part for piece in _ELISION.split(words) if (part := Letters(piece)).text]
        counts = [part.words for part in parts]
        if len(parts) < 2 or sum(counts) < _LEAST_ELIDED or max(counts) < _SHORT:
            return []
        for letters in (self._letters, self._speech):
            chains = _Chain(letters, parts, letters.before(up_to.offset)).all()
            found = list(islice(chains, MAX_PLACES))
            if found:
                return found
        return []

    def _with_marks(self, found: Found, words: str) -> Found:
        """With the punctuation at either end that the quotation has too."""
        head = "".join(takewhile(lambda c: not c.isalnum(), words))
        tail = "".join(takewhile(lambda c: not c.isalnum(), reversed(words)))
        span = found.span
        start = span.start - self._shared(reversed(head), span.start - 1, -1)
        end = span.end + self._shared(reversed(tail), span.end, 1)
        first, last = found.parts[0], found.parts[-1]
        if len(found.parts) == 1:
            return Found((Span(start, end),))
        return Found((Span(start, first.end), *found.parts[1:-1], Span(last.start, end)))

    def _shared(self, marks: Iterator[str], place: int, step: int) -> int:
        """How many marks the text has too, from a place on."""
        count = 0
        for mark in islice(marks, _LONGEST_MARKS):
            at = place + step * count
            theirs = self.text[at : at + 1] if at >= 0 else ""
            if mark.isspace() or not theirs or theirs.isspace() or theirs.isalnum():
                break
            if fold(mark).text != fold(theirs).text:
                break
            count += 1
        return count


@dataclass(frozen=True, slots=True)
class _Chain:
    """Parts of a quotation, each near the one before it."""

    letters: Letters
    parts: Sequence[Letters]
    limit: int  # letters that may be read

    def all(self) -> Iterator[Found]:
        """Round each place of the longest part, which is the rarest."""
        longest = max(range(len(self.parts)), key=lambda place: len(self.parts[place]))
        anchors = self.letters.find(self.parts[longest], 0, self.limit)
        for anchor in islice(anchors, _MAX_ANCHORS):
            before = self._before(longest, anchor)
            after = self._after(longest, anchor)
            if before is not None and after is not None:
                places = [*before, anchor, *after]
                yield self._found(places)

    def _before(self, longest: int, anchor: int) -> list[int] | None:
        places: list[int] = []
        following = anchor
        for place in range(longest - 1, -1, -1):
            start = self._origin(following).start - self._gap(place)
            least = self.letters.before(max(0, start))
            at = self.letters.last(self.parts[place], least, following)
            if at is None:
                return None
            places.insert(0, at)
            following = at
        return places

    def _after(self, longest: int, anchor: int) -> list[int] | None:
        places: list[int] = []
        end = anchor + len(self.parts[longest])
        for place in range(longest + 1, len(self.parts)):
            most = self._origin(end - 1).end + self._gap(place - 1)
            limit = min(self.limit, self.letters.before(most) + len(self.parts[place]))
            at = next(self.letters.find(self.parts[place], end, limit), None)
            if at is None:
                return None
            places.append(at)
            end = at + len(self.parts[place])
        return places

    def _gap(self, place: int) -> int:
        """How much may be left out after a part."""
        shortest = min(self.parts[place].words, self.parts[place + 1].words)
        return _NARROW_GAP if shortest < _SHORT else _WIDEST_GAP

    def _origin(self, place: int) -> Span:
        return self.letters.found(place, 1).span

    def _found(self, places: Sequence[int]) -> Found:
        spans: list[Span] = []
        for part, place in zip(self.parts, places, strict=True):
            spans += self.letters.found(place, len(part)).parts
        return Found(tuple(spans))


def _interrupted(text: str, quotes: Sequence[Quote]) -> list[list[Span]]:
    """The pieces of each speech that narration interrupts: of one utterance, or of one speaker in
    one paragraph."""
    groups: list[list[Span]] = []
    last: Quote | None = None
    for quote in quotes:
        if last and (quote.utterance == last.utterance or _goes_on(text, last, quote)):
            groups[-1].append(quote.span)
        else:
            groups.append([quote.span])
        last = quote
    return [group for group in groups if len(group) > 1]


def _goes_on(text: str, quote: Quote, following: Quote) -> bool:
    if quote.speaker_id is None or quote.speaker_id != following.speaker_id:
        return False
    return _PARAGRAPH_BREAK.search(text, quote.span.end, following.span.start) is None
