"""From the lines of pages to paragraphs: by indents, gaps and type sizes, across page ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from statistics import median

from adapters.outbound.parsing.pdf_lines import LINE_HYPHEN, PageLine

_INDENT = 0.7  # of the type size
_INDENTED = 0.08  # of all lines: then the document marks paragraphs so
_GAP = 1.35  # of the usual distance between lines
_ROOM = 1.5  # of the next word's width, that a line leaves blank where a paragraph ends
LARGE = 1.15  # of the body's type size: a heading
_SENTENCE_END = re.compile(r"[.!?:…—][\"'”’»)\]]*$|[\"”»]$")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


@dataclass(slots=True)
class Paragraph:
    lines: list[PageLine] = field(default_factory=list)
    is_display: bool = False  # set apart: centred, or in large type; its lines stay lines


@dataclass(frozen=True, slots=True)
class _Measure:
    """How a page is set."""

    left: float
    right: float
    leading: float  # between the feet of two lines
    size: float  # of the body's type
    indents: bool = False  # whether the document marks paragraphs by an indent

    @classmethod
    def of(cls, lines: Sequence[PageLine], size: float, leading: float) -> _Measure:
        edges = Counter(round(line.left) for line in lines)
        widest = max(line.right for line in lines)
        left = min(edge for edge, n in edges.items() if n * 4 >= max(edges.values()))
        return cls(left, widest, leading, size)

    def is_indented(self, line: PageLine) -> bool:
        return line.left - self.left > _INDENT * self.size


def body_size(pages: Iterable[Sequence[PageLine]]) -> float:
    """The type size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def read_paragraphs(pages: Sequence[Sequence[PageLine]], size: float) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    for lines, measure in _measured(pages, size):
        for line in lines:
            display = _is_display(line, measure)
            if paragraphs and _continues(paragraphs[-1], line, display, measure):
                paragraphs[-1].lines.append(line)
            else:
                paragraphs.append(Paragraph([line], display))
    return paragraphs


def _measured(
    pages: Sequence[Sequence[PageLine]], size: float
) -> list[tuple[Sequence[PageLine], _Measure]]:
    """Each page with its own measure: margins differ between left and right pages."""
    leading = _leading(pages)
    measured = [(lines, _Measure.of(lines, size, leading)) for lines in pages if lines]
    indented = [measure.is_indented(line) for lines, measure in measured for line in lines]
    indents = sum(indented) > _INDENTED * len(indented)
    return [(lines, replace(measure, indents=indents)) for lines, measure in measured]


def _leading(pages: Sequence[Sequence[PageLine]]) -> float:
    steps = [
        above.bottom - below.bottom
        for lines in pages
        for above, below in pairwise(lines)
        if above.bottom > below.bottom
    ]
    return median(steps) if steps else 0.0


def _is_display(line: PageLine, measure: _Measure) -> bool:
    if line.size > LARGE * measure.size:
        return True
    before, after = line.left - measure.left, measure.right - line.right
    is_centred = abs(before - after) <= measure.size
    return is_centred and before > 3 * measure.size


def _continues(paragraph: Paragraph, line: PageLine, display: bool, measure: _Measure) -> bool:
    last = paragraph.lines[-1]
    if paragraph.is_display or display:
        same_kind = paragraph.is_display and display and abs(last.size - line.size) < 1
        return same_kind and _follows(last, line, measure, 1.25)
    if last.ends_in_hyphen:
        return True
    ended = _SENTENCE_END.search(last.text) is not None
    closed = ended and _is_short(last, line, measure)
    if measure.is_indented(line):
        # Lines all indented alike are verse or a quotation, or speeches of one line each.
        alike = abs(line.left - last.left) <= 2 and line.page == last.page
        return alike and not ended and not _is_short(last, line, measure)
    if line.page != last.page:
        return not closed  # a chapter's first line has no indent either
    if not _follows(last, line, measure, _GAP):
        return False
    if len(paragraph.lines) > 1 and last.left - line.left > _INDENT * measure.size:
        return False  # back from a quotation
    return measure.indents or not closed


def _follows(last: PageLine, line: PageLine, measure: _Measure, gap: float) -> bool:
    step = last.bottom - line.bottom
    return line.page == last.page and 0 < step <= gap * max(measure.leading, line.size)


def _is_short(last: PageLine, line: PageLine, measure: _Measure) -> bool:
    """Whether the next line's first word would have fitted into the last line."""
    letter = (line.right - line.left) / len(line.text)
    word = line.text.partition(" ")[0]
    return measure.right - last.right > _ROOM * letter * (len(word) + 1)


def words_of(pages: Iterable[Sequence[PageLine]]) -> Counter[str]:
    """The words of a document, but for the halves of broken ones: they tell how to join those."""
    words: Counter[str] = Counter()
    broken = False
    for line in chain.from_iterable(pages):
        found = [word.casefold() for word in _WORD.findall(line.text)]
        words.update(found[broken : len(found) - line.ends_in_hyphen])
        broken = line.ends_in_hyphen
    return words


def join_lines(paragraph: Paragraph, words: Counter[str]) -> str:
    """A paragraph's text: one line, hyphens of line ends taken out; of a display its lines."""
    text = paragraph.lines[0].text
    for line in paragraph.lines[1:]:
        if text.endswith(LINE_HYPHEN):
            text = _joined_at_hyphen(text[:-1], line.text, words)
        elif paragraph.is_display:
            text += "\n" + line.text
        elif text.endswith(("—", "--")) or (text.endswith("-") and line.text[:1].isalpha()):
            text += line.text
        else:
            text += " " + line.text
    return text.replace(LINE_HYPHEN, "-")


def _joined_at_hyphen(before: str, after: str, words: Counter[str]) -> str:
    """With or without the hyphen, as the rest of the document writes the word."""
    first = re.search(r"[^\W\d_]+$", before)
    second = re.match(r"[^\W\d_]+", after)
    if first is None or second is None or second[0][0].isupper():
        return f"{before}-{after}"
    closed = words[(first[0] + second[0]).casefold()]
    hyphenated = words[f"{first[0]}-{second[0]}".casefold()]
    both_are_words = words[first[0].casefold()] > 1 and words[second[0].casefold()] > 1
    keep = hyphenated > closed or (not closed and both_are_words)
    return f"{before}-{after}" if keep else before + after
