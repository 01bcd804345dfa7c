"""The lines of a PDF's pages as they stand on the paper, without running heads and page numbers."""

from __future__ import annotations

import ctypes
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from adapters.outbound.parsing.titles import read_numbered

LINE_HYPHEN = "\x02"  # PDFium's sign for a hyphen at the end of a line
_HYPHEN_IN_TEXT = "\ufffe"  # the same, where a page's text is asked for as a whole
_LINE_END = re.compile(f"[\r\n]+|{LINE_HYPHEN}")
_BLANK = "".join(map(chr, range(0x21))) + "\u00a0"
_VISIBLE = re.compile(f"[^{re.escape(_BLANK)}]")
_EDGE_LINES = 2  # of a page, at its head and at its foot, that may be furniture
_SAME_PLACE = 4.0  # points
_RECURRING = 3  # pages on which a running head stands at the least
_PAGE_NUMBER = re.compile(r"\W*(?:page\s+)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s+of\s+\d+)?\W*", re.I)
_NUMBER_AT_END = re.compile(
    r"^(?:\d{1,4}|[ivxlc]{1,7})\s+(?=\S)|(?<=\S)\s+(?:\d{1,4}|[ivxlc]{1,7})$"
)


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of a page. Coordinates in points from the page's lower left corner."""

    text: str
    page: int  # from 0
    left: float
    right: float
    bottom: float
    size: float  # height of its font

    @property
    def ends_in_hyphen(self) -> bool:
        return self.text.endswith(LINE_HYPHEN)


def read_lines(text_page: Any, page: int) -> list[PageLine]:
    """The lines of one page in the order in which PDFium reads them."""
    lines = []
    start = 0
    units = _units(text_page)
    for match in _LINE_END.finditer(units):
        lines += _line(
            text_page, page, start, units[start : match.start()] + match[0].strip("\r\n")
        )
        start = match.end()
    return lines + _line(text_page, page, start, units[start:])


def _units(text_page: Any) -> str:
    """The page's UTF-16 code units as they are counted, each as one character."""
    count = text_page.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(text_page.raw, 0, count, buffer) - 1
    if written == count:
        return "".join(map(chr, buffer[:count])).replace(_HYPHEN_IN_TEXT, LINE_HYPHEN)
    # PDFium has put in or left out characters: asked one by one, their places are right.
    units = [pdfium_c.FPDFText_GetUnicode(text_page.raw, place) for place in range(count)]
    return "".join(chr(min(unit, 0xFFFF)) for unit in units)


def _line(text_page: Any, page: int, start: int, units: str) -> list[PageLine]:
    text = units.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
    visible = _VISIBLE.search(units)
    if visible is None:
        return []
    last = start + len(units.rstrip(_BLANK)) - 1
    left, bottom, _, top = text_page.get_charbox(start + visible.start(), loose=True)
    right = text_page.get_charbox(last, loose=True)[2]
    return [PageLine(text.strip(" \u00a0"), page, left, right, bottom, top - bottom)]


def without_furniture(pages: Sequence[Sequence[PageLine]]) -> list[list[PageLine]]:
    """Pages without what recurs at their edges: running heads and feet, page numbers."""
    edges = [_edge_lines(lines) for lines in pages]
    places: dict[str, list[PageLine]] = defaultdict(list)
    for page_edges in edges:
        for line in page_edges:
            places[_key(line)].append(line)
    recurring = [
        line for lines in places.values() for line in lines if _recurs(line, lines, len(pages))
    ]
    furniture = {id(line) for line in recurring} | _at_the_same_height(recurring, edges)
    return [[line for line in lines if id(line) not in furniture] for lines in pages]


def _at_the_same_height(
    recurring: Sequence[PageLine], edges: Sequence[Sequence[PageLine]]
) -> set[int]:
    """Edge lines where other pages have their running heads: a short chapter's has no time to
    recur."""
    heights = Counter(round(line.bottom) for line in recurring)
    usual = {height for height, n in heights.items() if n >= max(_RECURRING, len(edges) / 4)}
    return {
        id(line)
        for lines in edges
        for line in lines
        if any(abs(line.bottom - height) <= _SAME_PLACE / 2 for height in usual)
    }


def _edge_lines(lines: Sequence[PageLine]) -> list[PageLine]:
    by_height = sorted(lines, key=lambda line: line.bottom)
    edges = {id(e): e for e in [*by_height[:_EDGE_LINES], *by_height[-_EDGE_LINES:]]}
    return list(edges.values())


def _key(line: PageLine) -> str:
    """What is the same on every page: the words without the page's number."""
    if _PAGE_NUMBER.fullmatch(line.text):
        return "#"
    return _NUMBER_AT_END.sub("", line.text) if not read_numbered(line.text) else line.text


def _recurs(line: PageLine, like: Sequence[PageLine], pages: int) -> bool:
    there = [other for other in like if abs(other.bottom - line.bottom) <= _SAME_PLACE]
    if Counter(other.page for other in there)[line.page] > 1:
        return False  # twice in one place of one page: columns of a table
    needed = 2 if _key(line) == "#" and pages < 2 * _RECURRING else _RECURRING
    return len(there) >= needed
