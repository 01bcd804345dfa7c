"""Citations: each marker [n] of a reply, resolved to exact words of passage n.

What stands in quotation marks directly before the marker is looked for in the passage, up to
typography. Where it is not found, the passage's sentence that best fits the words before the
marker is cited, or the one for which the search found it, so that a citation always quotes the book
and never the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.conversation import SURROUNDINGS, Citation
from domain.marker import LONGEST, MARKER, numbers_of
from domain.passage import SearchHit
from domain.sentences import sentences
from domain.span import Span
from domain.typography import CLOSING_MARKS, OPENING_MARKS, Folded, find_words, fold
from domain.wording import best_fit

_BETWEEN = re.compile(r"[\s,;.&–—-]*(?:and)?\s*", re.IGNORECASE)  # two markers in a row
_LONGEST_CLAIM = 800  # code points before a marker that it may speak for
_WIDEST_GAP = 80  # between a closing quotation mark and the marker: "..., as she says [2]"

# French sets a space inside its marks: « so ».
_OPENING = re.compile(rf"(?<!\w)(?:[{re.escape(OPENING_MARKS)}](?=\S)|[«‹]\s)")
_CLOSING = re.compile(rf"(?:(?<=\S)[{re.escape(CLOSING_MARKS)}]|(?<=\s)[»›])(?!\w)")


class CitationReader:
    """Reads a reply as it streams; a citation is told once, as soon as its marker is complete.

    How the reply is cut into deltas makes no difference. A passage's number is its rank.
    """

    def __init__(self, passages: Sequence[SearchHit]) -> None:
        self._passages = {hit.rank: hit for hit in passages}
        self._last = max(self._passages, default=0)
        self._folded: dict[int, Folded] = {}
        self._text = ""
        self._scanned = 0
        self._claim_from = 0  # end of the last marker
        self._claim = Span(0, 0)  # the words that the last marker speaks for
        self._told: set[tuple[int, Span]] = set()

    def feed(self, delta: str) -> list[Citation]:
        return [citation for _, citation in self.told(delta)]

    def told(self, delta: str) -> list[tuple[int, Citation]]:
        """Each with the letter of the reply at which its marker is complete."""
        self._text += delta
        cited = []
        for marker in MARKER.finditer(self._text, max(self._scanned, self._claim_from)):
            claim = self._words_before(marker)
            for number in dict.fromkeys(numbers_of(marker, self._last)):
                citation = self._resolve(number, claim)
                if citation and (number, citation.span) not in self._told:
                    self._told.add((number, citation.span))
                    cited.append((marker.end(), citation))
        self._scanned = max(0, len(self._text) - LONGEST)
        return cited

    def _words_before(self, marker: re.Match[str]) -> str:
        """From the last marker to this one; of a run of markers, each speaks for the same."""
        if not _BETWEEN.fullmatch(self._text, self._claim_from, marker.start()):
            start = max(self._claim_from, marker.start() - _LONGEST_CLAIM)
            self._claim = Span(start, marker.start())
        self._claim_from = marker.end()
        return self._claim.of(self._text)

    def _resolve(self, number: int, claim: str) -> Citation | None:
        hit = self._passages.get(number)
        if hit is None:
            return None
        if number not in self._folded:
            self._folded[number] = fold(hit.passage.text)
        place = _quoted(claim, self._folded[number]) or _best_sentence(claim, hit)
        return _citation(hit, place) if place else None


def _quoted(claim: str, passage: Folded) -> Span | None:
    for quotation in _quotations_at_end(claim):
        if found := find_words(quotation, passage):
            return found
    return None


def _quotations_at_end(claim: str) -> Iterator[str]:
    """What may be the quotation directly before the marker: the last to close, longest first.

    Only the book can tell an apostrophe from a closing mark, or nested quotations apart.
    """
    openings = [m.end() for m in _OPENING.finditer(claim)]
    closings = [m.start() for m in _CLOSING.finditer(claim)]
    for closing in reversed(closings):
        if len(claim) - closing > _WIDEST_GAP:
            return
        yield from (claim[opening:closing] for opening in openings if opening < closing)


def _best_sentence(claim: str, hit: SearchHit) -> Span | None:
    passage = hit.passage.text
    told = list(sentences(passage, Span(0, len(passage))))
    best = best_fit(claim, [s.of(passage) for s in told])
    return told[best] if best is not None else _found_for(told, hit)


def _found_for(told: Sequence[Span], hit: SearchHit) -> Span | None:
    """The sentence with most of the words that the search found, the first of equals."""
    start = hit.passage.span.start

    def words(sentence: Span) -> int:
        return sum(sentence.start <= word.start - start < sentence.end for word in hit.highlights)

    return max(told, key=words, default=None)


def _citation(hit: SearchHit, place: Span) -> Citation:
    passage = hit.passage
    place = place.trimmed(passage.text)
    return Citation(
        number=hit.rank,
        span=Span(passage.span.start + place.start, passage.span.start + place.end),
        exact=place.of(passage.text),
        chapter_index=passage.chapter_index,
        chapter_title=hit.chapter_title,
        prefix=passage.text[max(0, place.start - SURROUNDINGS) : place.start],
        suffix=passage.text[place.end : place.end + SURROUNDINGS],
    )
