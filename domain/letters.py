"""A text's letters and figures alone, folded, with where each came from.

Two texts with the same letters, parted into words alike, say the same: what stands between words
is typography (marks of quotation, dashes, spaces, soft hyphens, emphasis), and so are case,
accents and ligatures. Made for looking up a quotation in a whole book: one search of a string.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from domain.span import Span
from domain.typography import INVISIBLE

# Vowel signs of Indic scripts spell words, but are no letters to Python. Signs that are read aloud
# as words (£, %) count as letters too.
_WORD = re.compile(r"[^\W_]+|[\u0900-\u109f\u1780-\u17ff£$€¥%&]+")
_UNSEEN = re.compile(rf"[{INVISIBLE}\u0300-\u036f_*\[\]{{}}]")
_APOSTROPHES = frozenset("'’‘`´ʼ′‛")
_HYPHENS = frozenset("-‐‑")
_QUESTION_MARKS = frozenset("?？؟\u037e")
_CONTRACTED = frozenset(["t", "s", "d", "m", "ll", "re", "ve"])
# Scripts that part no words.
_UNPARTED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


class Gap(IntEnum):
    """What stands between two runs of letters."""

    NOTHING = 0
    APOSTROPHE = 1
    HYPHEN = 2
    SPACE = 3  # any other mark too
    QUESTION = 4  # among others a question mark, which changes what is said


_ALIKE = frozenset(
    [(Gap.HYPHEN, Gap.NOTHING), (Gap.NOTHING, Gap.HYPHEN)]  # "to-day", "today"
    + [(Gap.HYPHEN, Gap.SPACE), (Gap.SPACE, Gap.HYPHEN)]  # "well—no", "well-no"
    + [(gap, gap) for gap in Gap]
)


@dataclass(frozen=True, slots=True)
class Found:
    """Where letters were found: spans of the original, several where pieces were joined."""

    parts: tuple[Span, ...]

    @property
    def span(self) -> Span:
        return Span(self.parts[0].start, self.parts[-1].end)


class Letters:
    """Of a text, or of pieces of it: those of one group are read as if they stood together."""

    def __init__(self, text: str, groups: Iterable[Iterable[Span]] | None = None) -> None:
        written: list[str] = []
        self._at = array("I")  # of each run: its place in the letters
        self._start = array("I")  # and in the text
        self._end = array("I")
        self._gap = bytearray()  # before each run
        self._piece = array("I")  # that the run belongs to
        length = piece = 0
        for group in groups if groups is not None else ([Span(0, len(text))],):
            tail = ""
            if written:
                written.append("\n")  # no letter: nothing is found across groups
                length += 1
            begun = False
            for span in group:
                last = span.start
                for word in _WORD.finditer(text, span.start, span.end):
                    gap = gap_of(tail + text[last : word.start()]) if begun else Gap.SPACE
                    tail, last, begun = "", word.end(), True
                    for letters, start, end in _runs(word[0], word.start()):
                        self._at.append(length)
                        self._start.append(start)
                        self._end.append(end)
                        self._gap.append(gap)
                        self._piece.append(piece)
                        written.append(letters)
                        length += len(letters)
                        gap = Gap.NOTHING
                tail = text[last : span.end] + " "
                piece += 1
        self.text = "".join(written)

    def __len__(self) -> int:
        return len(self.text)

    @property
    def words(self) -> int:
        """How many there are: "don't" and "to-day" are one each."""
        return sum(gap >= Gap.SPACE for gap in self._gap)

    def before(self, offset: int) -> int:
        """How many of the letters stand wholly before an offset of the text. In pieces of a text
        they must stand in order."""
        run = bisect_right(self._end, offset)
        if run == len(self._at):
            return len(self.text)
        inside = offset - self._start[run] if self._is_plain(run) else 0
        return self._at[run] + max(0, inside)

    def find(self, wanted: Letters, start: int, end: int) -> Iterator[int]:
        """The places among the letters, from `start` and wholly before `end`, in order, where
        these words stand."""
        if not wanted.text:
            return
        place = self.text.find(wanted.text, start, end)
        while place >= 0:
            if self._says(wanted, place):
                yield place
            place = self.text.find(wanted.text, place + 1, end)

    def last(self, wanted: Letters, start: int, end: int) -> int | None:
        """The last of those places."""
        place = self.text.rfind(wanted.text, start, end)
        while place >= 0:
            if self._says(wanted, place):
                return place
            place = self.text.rfind(wanted.text, start, place + len(wanted.text) - 1)
        return None

    def found(self, start: int, length: int) -> Found:
        """Where letters came from."""
        first, last = self._run(start), self._run(start + length - 1)
        parts = []
        begin = self._origin(start).start
        for run in range(first, last):
            if self._piece[run + 1] != self._piece[run]:
                parts.append(Span(begin, self._end[run]))
                begin = self._start[run + 1]
        parts.append(Span(begin, self._origin(start + length - 1).end))
        return Found(tuple(parts))

    def _says(self, wanted: Letters, place: int) -> bool:
        """Whether whole words stand there, parted as in what is wanted."""
        end = place + len(wanted.text)
        return self._begins(place) and self._ends(end) and self._parted_alike(wanted, place, end)

    def _parted_alike(self, wanted: Letters, place: int, end: int) -> bool:
        ours = self._gaps(place, end, place)
        theirs = wanted._gaps(0, len(wanted.text), 0)
        return all(
            (ours.get(at, Gap.NOTHING), theirs.get(at, Gap.NOTHING)) in _ALIKE
            for at in ours.keys() | theirs.keys()
        )

    def _gaps(self, start: int, end: int, origin: int) -> dict[int, int]:
        """Inside a stretch of the letters, by their places counted from `origin`."""
        first, beyond = bisect_right(self._at, start), bisect_left(self._at, end)
        return {self._at[run] - origin: self._gap[run] for run in range(first, beyond)}

    def _begins(self, place: int) -> bool:
        run = self._run(place)
        if self._at[run] != place:
            return _UNPARTED.match(self.text[place]) is not None
        if self._gap[run] == Gap.NOTHING and place:
            return _UNPARTED.match(self.text[place]) is not None
        if self._gap[run] == Gap.APOSTROPHE:
            following = self._at[run + 1] if run + 1 < len(self._at) else len(self.text)
            return self.text[place:following] not in _CONTRACTED
        return True

    def _ends(self, end: int) -> bool:
        if end == len(self.text) or self.text[end] == "\n":
            return True
        run = self._run(end)
        if self._at[run] == end and self._gap[run] not in (Gap.NOTHING, Gap.APOSTROPHE):
            return True
        return _UNPARTED.match(self.text[end - 1]) is not None

    def _run(self, place: int) -> int:
        return bisect_right(self._at, place) - 1

    def _is_plain(self, run: int) -> bool:
        """Whether each of its letters is one of the text's."""
        following = self._at[run + 1] if run + 1 < len(self._at) else len(self.text)
        if following > self._at[run] and self.text[following - 1] == "\n":
            following -= 1
        return following - self._at[run] == self._end[run] - self._start[run]

    def _origin(self, place: int) -> Span:
        run = self._run(place)
        if not self._is_plain(run):
            return Span(self._start[run], self._end[run])
        start = self._start[run] + place - self._at[run]
        return Span(start, start + 1)


def gap_of(between: str) -> Gap:
    marks = _UNSEEN.sub("", between)
    if not marks:
        return Gap.NOTHING
    if not _QUESTION_MARKS.isdisjoint(marks):
        return Gap.QUESTION
    if len(marks) == 1 and marks in _APOSTROPHES:
        return Gap.APOSTROPHE
    if marks[0] in _HYPHENS and not marks[1:].strip():
        return Gap.HYPHEN  # also where a line breaks after it
    return Gap.SPACE


def _runs(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    if word.isascii():
        yield word.lower(), start, start + len(word)
        return
    folded = [_fold(letter) for letter in word]
    if all(len(letters) == 1 for letters in folded):
        yield "".join(folded), start, start + len(word)
        return
    for place, letters in enumerate(folded, start):
        if letters:
            yield letters, place, place + 1


@lru_cache(maxsize=4096)
def _fold(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f" and c not in " \n⁄")
