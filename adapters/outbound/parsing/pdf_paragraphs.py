"""From the lines of pages to paragraphs: by indents, gaps and type sizes, across page ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from adapters.outbound.parsing.pdf_lines import LINE_HYPHEN, PageLine

_INDENT = 0.7  # of the type size
_GAP = 1.35  # of the usual distance between lines
_SHORT = 0.12  # of the measure that the last line of a paragraph leaves blank
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

    @classmethod
    def of(cls, lines: Sequence[PageLine], size: float, leading: float) -> _Measure:
        edges = Counter(round(line.left) for line in lines)
        widest = max(line.right for line in lines)
        left = min(edge for edge, n in edges.items() if n * 4 >= max(edges.values()))
        return cls(left, widest, leading, size)


def body_size(pages: Iterable[Sequence[PageLine]]) -> float:
    """The type size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def read_paragraphs(pages: Sequence[Sequence[PageLine]], size: float) -> list[Paragraph]:
    leading = _leading(pages)
    paragraphs: list[Paragraph] = []
    for lines in pages:
        if not lines:
            continue
        measure = _Measure.of(lines, size, leading)
        for line in lines:
            display = _is_display(line, measure)
            if paragraphs and _continues(paragraphs[-1], line, display, measure):
                paragraphs[-1].lines.append(line)
            else:
                paragraphs.append(Paragraph([line], display))
    return paragraphs


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
    indent = line.left - measure.left
    is_indented = indent > _INDENT * measure.size
    if line.page != last.page:
        return not (is_indented or ended) or (not is_indented and not _is_short(last, measure))
    if not _follows(last, line, measure, _GAP):
        return False
    if abs(line.left - last.left) <= 2 and is_indented:
        return not (_is_short(last, measure) or ended)  # verse and block quotations
    if is_indented and line.left > last.left:
        return False
    if len(paragraph.lines) > 1 and last.left - line.left > _INDENT * measure.size:
        return False  # back from a block quotation
    return not (ended and _is_short(last, measure))


def _follows(last: PageLine, line: PageLine, measure: _Measure, gap: float) -> bool:
    step = last.bottom - line.bottom
    return line.page == last.page and 0 < step <= gap * max(measure.leading, line.size)


def _is_short(line: PageLine, measure: _Measure) -> bool:
    return measure.right - line.right > _SHORT * (measure.right - measure.left)


def words_of(pages: Iterable[Sequence[PageLine]]) -> Counter[str]:
    """The words of a document, hyphenated ones whole: they tell how to join broken ones."""
    return Counter(
        word.casefold() for lines in pages for line in lines for word in _WORD.findall(line.text)
    )


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
