"""The canonical text as BookNLP is to see it: of the same length, so that its offsets are ours."""

import re

from domain.book import BookLayout
from domain.span import Span

_SHOWN = re.compile(r"[^\n]")
_CARRIAGE_RETURN = re.compile(r"\r\n|\r")
# The byte order mark, and halves of surrogate pairs, which UTF-8 has no form for.
_UNREADABLE = {0xFEFF: " ", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def handed_over(text: str, layout: BookLayout) -> str:
    """Code point for code point the text, but for what BookNLP would read wrongly.

    It opens its input with universal newlines, which make one character of a carriage return and
    its line feed, and keeps a byte order mark as part of a word. Front and back matter and chapter
    headings, where the layout tells them, are blank: names in them are not the story's.
    """
    text = _CARRIAGE_RETURN.sub(_line_end, text).translate(_UNREADABLE)
    body = layout.body
    headings = (c.heading for c in layout.chapters if c.heading and body.contains(c.heading))
    return _blanked(text, [Span(0, body.start), *headings, Span(body.end, len(text))])


def _line_end(found: re.Match[str]) -> str:
    return " " * (len(found[0]) - 1) + "\n"


def _blanked(text: str, spans: list[Span]) -> str:
    pieces, place = [], 0
    for span in sorted(spans):
        pieces.append(text[place : span.start])
        pieces.append(_SHOWN.sub(" ", span.of(text)))
        place = max(place, span.end)
    return "".join(pieces) + text[place:]
