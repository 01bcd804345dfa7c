"""Words with what stands between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from domain.naming.titles import is_abbreviation
from domain.span import Span

_WORD = re.compile(r"([^\W\d_]+(?:['’\-](?![sS]\b)[^\W\d_]+)*)(?:(['’][sS]\b)|)")
_SENTENCE_END = re.compile(r"[.!?:;…]|[\"“”«»‘—]|--|\n\s*\n|(?:^|\s)['’]")


@dataclass(slots=True)
class Tokens:
    """Parallel columns over the words of a text. A possessive 's is no part of its word.

    `gaps[i]` is the text between word i-1 and word i; the last one is what follows the last word.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    gaps: list[str]
    possessive: bytearray
    opens_sentence: bytearray
    quoted: bytearray  # inside direct speech
    paragraph: list[int]

    def __len__(self) -> int:
        return len(self.words)

    def index_at(self, offset: int) -> int:
        """The first word that starts at or after the offset."""
        return bisect_left(self.starts, offset)

    def lower(self, index: int) -> str:
        return self.words[index].lower()


def tokenize(text: str, paragraphs: Sequence[Span], quotations: Sequence[Span]) -> Tokens:
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[str] = []
    possessive = bytearray()
    paragraph: list[int] = []
    before = paragraphs[0].start if paragraphs else 0
    for number, block in enumerate(paragraphs):
        for match in _WORD.finditer(text, block.start, block.end):
            start, end = match.span(1)
            words.append(match[1].replace("’", "'"))
            starts.append(start)
            ends.append(end)
            gaps.append(text[before:start])
            possessive.append(match[2] is not None)
            paragraph.append(number)
            before = match.end()
    gaps.append(text[before : paragraphs[-1].end] if paragraphs else "")
    opens = _sentence_openings(words, gaps, paragraph)
    return Tokens(
        words, starts, ends, gaps, possessive, opens, _inside(starts, quotations), paragraph
    )


def _sentence_openings(words: list[str], gaps: list[str], paragraph: list[int]) -> bytearray:
    opens = bytearray(len(words))
    for i, gap in enumerate(gaps[:-1]):
        if i == 0 or paragraph[i] != paragraph[i - 1]:
            opens[i] = True
        elif gap != " " and _SENTENCE_END.search(gap):
            opens[i] = not (gap.strip() == "." and is_abbreviation(words[i - 1]))
    return opens


def _inside(starts: list[int], spans: Sequence[Span]) -> bytearray:
    inside = bytearray(len(starts))
    for span in spans:
        first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
        inside[first:last] = b"\1" * (last - first)
    return inside
