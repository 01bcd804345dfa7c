"""A book as one stream of terms, from which every word signal of its ranking is counted.

Passages follow one another in the stream as in the book, so that a frontier is one position of
it. All statistics (how rare a term is, how long passages are) are of the part before that
position: the order of an answer tells nothing of what comes after.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from domain.frontier import Frontier
from domain.passage import Passage
from domain.terms import terms

TERM_BYTES = 200  # what a term costs beside its positions: the word, its place in a table
NEIGHBOURS_BYTES = 128  # what a passage's neighbours cost


class BookTerms:
    """The terms of a content version's passages: give it all of them, in order.

    Takes about 0.1 s and 3 MB for a novel.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._chapters = array("I", (p.chapter_index for p in passages))
        self.text = TermStream(p.text for p in passages)
        self.context = TermStream(p.context for p in passages)
        self._ends = array("Q", (p.span.end for p in passages))
        self._beside = [self._neighbours(passage) for passage in range(len(passages))]

    def __len__(self) -> int:
        """How many passages it holds."""
        return len(self._ends)

    @property
    def nbytes(self) -> int:
        """About so many bytes of memory."""
        arrays = (self._chapters, self._ends)
        streams = self.text.nbytes + self.context.nbytes
        return streams + sum(map(_bytes_of, arrays)) + NEIGHBOURS_BYTES * len(self._beside)

    def visible(self, up_to: Frontier) -> int:
        """How many passages, from the first on, lie before the frontier."""
        return bisect_right(self._ends, up_to.offset)

    def chapter(self, passage: int) -> int:
        """As in Chapter.index."""
        return self._chapters[passage]

    def chapter_spans(self, passages: int) -> dict[int, range]:
        """The passages of each chapter, of the first so many."""
        spans: dict[int, range] = {}
        start = 0
        while start < passages:
            chapter = self._chapters[start]
            end = bisect_right(self._chapters, chapter, lo=start, hi=passages)
            spans[chapter] = range(start, end)
            start = end
        return spans

    def beside(self, passage: int, passages: int) -> Sequence[int]:
        """Those before and after it in its chapter, of the first so many."""
        both = self._beside[passage]
        return both if passage + 1 < passages else [p for p in both if p < passages]

    def with_those_beside(self, some: Iterable[int], passages: int) -> list[int]:
        """In the order of the book."""
        return sorted({p for one in some for p in (one, *self.beside(one, passages))})

    def _neighbours(self, passage: int) -> tuple[int, ...]:
        chapters = self._chapters
        return tuple(
            other
            for other in (passage - 1, passage + 1)
            if 0 <= other < len(chapters) and chapters[other] == chapters[passage]
        )


class TermStream:
    """One field of all passages. Positions count terms through the book."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._starts = array("I", [0])  # of the passages, and the end of the last
        self._passages = array("I")  # by position
        self._positions: dict[str, array[int]] = {}  # by term
        for text in texts:
            self._append(terms(text))

    @property
    def nbytes(self) -> int:
        arrays = (self._starts, self._passages, *self._positions.values())
        return sum(map(_bytes_of, arrays)) + TERM_BYTES * len(self._positions)

    def positions(self, term: str, passages: int) -> Sequence[int]:
        """Where the term stands in the first so many passages."""
        found = self._positions.get(term)
        return found[: bisect_left(found, self._starts[passages])] if found else ()

    def passages_with(self, term: str, passages: int) -> Iterator[int]:
        """The passages, of the first so many, that have the term: each once a time it does."""
        return map(self._passages.__getitem__, self.positions(term, passages))

    def passage_of(self, position: int) -> int:
        return self._passages[position]

    def start(self, passage: int) -> int:
        """The position of the passage's first term."""
        return self._starts[passage]

    def length(self, passage: int) -> int:
        return self._starts[passage + 1] - self._starts[passage]

    def _append(self, found: Sequence[str]) -> None:
        index, start = len(self._starts) - 1, self._starts[-1]
        for position, term in enumerate(found, start):
            if term not in self._positions:
                self._positions[term] = array("I")
            self._positions[term].append(position)
        self._passages.extend([index] * len(found))
        self._starts.append(start + len(found))


def _bytes_of(numbers: array[int]) -> int:
    return numbers.itemsize * len(numbers)
