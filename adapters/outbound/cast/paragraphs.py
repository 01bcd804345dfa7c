"""Where paragraphs begin and end."""

from __future__ import annotations

import re

from domain.span import Span

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
# A text that breaks no line inside a paragraph has long lines and few blank ones between them.
_MIN_LINES_PER_BLANK = 40


def paragraphs(text: str) -> list[Span]:
    """Spans without surrounding white space, in order, none empty.

    Paragraphs are parted by blank lines; in a text that has next to none, each line is one.
    """
    lines = text.count("\n")
    blanks = len(_BLANK_LINE.findall(text))
    break_ = _BLANK_LINE if blanks * _MIN_LINES_PER_BLANK >= lines else re.compile(r"\n")
    spans = []
    start = 0
    for match in break_.finditer(text):
        spans.append(Span(start, match.start()).trimmed(text))
        start = match.end()
    spans.append(Span(start, len(text)).trimmed(text))
    return [span for span in spans if len(span)]
