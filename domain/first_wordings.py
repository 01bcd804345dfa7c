"""Where the distinctive wordings of a book stand first.

A wording is distinctive if it is hardly met by chance in talk about the pages before it. By
measurement (docs/leak-check.md) these are: seven words in a row that say something; and three
words in a row, small ones left out and whatever their endings, one of them rare.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from domain.terms import term_of
from domain.words import Word

VERBATIM = 7  # words in a row
_OF_SUBSTANCE = 2  # of these, that are no small words
TERMS = 3
_RARE = 3e-4  # of a book's words: 30 times in a novel of 100,000
_RARE_ANYWHERE = 2

Wording: TypeAlias = tuple[str, ...]


def wordings(words: Sequence[str]) -> Iterator[tuple[int, int, Wording]]:
    """Each run of words that may be distinctive: the first word, the one after the last, and what
    it is compared by."""
    for start in range(len(words) - VERBATIM + 1):
        verbatim = tuple(words[start : start + VERBATIM])
        if sum(bool(term_of(word)) for word in verbatim) >= _OF_SUBSTANCE:
            yield start, start + VERBATIM, verbatim
    told = [(place, term) for place, word in enumerate(words) if (term := term_of(word))]
    for first in range(len(told) - TERMS + 1):
        run = told[first : first + TERMS]
        yield run[0][0], run[-1][0] + 1, tuple(term for _, term in run)


class FirstWordings:
    """Of a whole text. Takes 12 bytes a wording: 1.6 MB for a novel."""

    def __init__(self, words: Sequence[Word]) -> None:
        known = _known_from(words)
        self._hashes = array("Q", sorted(known))
        self._known_from = array("I", (known[one] for one in self._hashes))

    @property
    def nbytes(self) -> int:
        return len(self._hashes) * (self._hashes.itemsize + self._known_from.itemsize)

    def known_from(self, wording: Wording) -> int:
        """The offset from which a wording is known; 0 also for one that the book does not have."""
        wanted = _hash(wording)
        place = bisect_left(self._hashes, wanted)
        there = place < len(self._hashes) and self._hashes[place] == wanted
        return self._known_from[place] if there else 0


def _known_from(words: Sequence[Word]) -> dict[int, int]:
    """By the hash of each wording, the offset at which all that is rare in it is known."""
    said = [word.said for word in words]
    terms = [term_of(word) for word in said]
    most = max(_RARE_ANYWHERE, int(_RARE * len(words)))
    rare = {term for term, count in Counter(terms).items() if term and count <= most}
    first: dict[str, int] = {}
    for word, term in zip(words, terms, strict=True):
        if term in rare:
            first.setdefault(term, word.span.end)
    known: dict[int, int] = {}
    for _, end, run in wordings(said):
        since = words[end - 1].span.end
        if len(run) == TERMS:
            since = max((first[term] for term in run if term in rare), default=0)
        if since:
            known.setdefault(_hash(run), since)
    return known


def _hash(wording: Wording) -> int:
    """64 bits: two wordings of a library that share one are not to be expected."""
    return hash(wording) & 0xFFFF_FFFF_FFFF_FFFF
