"""Where paragraphs begin and end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.span import Span

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_LINE_END = re.compile(r"\n")
# A text that breaks no line inside a paragraph has long lines and few blank ones between them.
_MIN_LINES_PER_BLANK = 40


def paragraphs(text: str, within: Span | None = None, without: Sequence[Span] = ()) -> list[Span]:
    """Spans without surrounding white space, in order, none empty.

    Paragraphs are parted by blank lines; in a text that has next to none, each line is one.
    `within`: the part of the text to read; `without`: spans to pass over, such as headings.
    """
    region = within or Span(0, len(text))
    lines = text.count("\n", region.start, region.end)
    blanks = sum(1 for _ in _BLANK_LINE.finditer(text, region.start, region.end))
    parting = _BLANK_LINE if blanks * _MIN_LINES_PER_BLANK >= lines else _LINE_END
    spans = []
    start = region.start
    for match in parting.finditer(text, region.start, region.end):
        spans.append(Span(start, match.start()).trimmed(text))
        start = match.end()
    spans.append(Span(start, region.end).trimmed(text))
    passed = {(span.start, span.end) for span in (s.trimmed(text) for s in without)}
    return [span for span in spans if len(span) and (span.start, span.end) not in passed]
