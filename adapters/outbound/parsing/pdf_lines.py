"""The lines of a PDF's pages as they stand on the paper, without running heads and page numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from adapters.outbound.parsing.titles import read_numbered

LINE_HYPHEN = "\x02"  # PDFium's sign for a hyphen at the end of a line
_LINE_ENDS = (0x0A, 0x0D)
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
    lines: list[PageLine] = []
    letters: list[tuple[int, int]] = []  # place in the page's characters, code unit
    for place in range(text_page.count_chars()):
        unit = pdfium_c.FPDFText_GetUnicode(text_page.raw, place)
        if unit not in _LINE_ENDS:
            letters.append((place, unit))
        if unit in _LINE_ENDS or unit == ord(LINE_HYPHEN):
            lines += _line(text_page, page, letters)
            letters = []
    return lines + _line(text_page, page, letters)


def _line(text_page: Any, page: int, letters: list[tuple[int, int]]) -> list[PageLine]:
    visible = [place for place, unit in letters if unit > 0x20 and unit != 0xA0]
    if not visible:
        return []
    units = b"".join(min(unit, 0xFFFF).to_bytes(2, "little") for _, unit in letters)
    left, bottom, _, top = text_page.get_charbox(visible[0], loose=True)
    right = text_page.get_charbox(visible[-1], loose=True)[2]
    text = units.decode("utf-16-le", errors="replace").strip(" \u00a0")
    return [PageLine(text, page, left, right, bottom, top - bottom)]


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
