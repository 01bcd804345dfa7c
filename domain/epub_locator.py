"""Places of the canonical text as places in the EPUB that it came from, and back.

Given as a CFI, by which epub.js and e-readers jump, and as what a Readium locator needs
(https://readium.org/architecture/models/locators/). A book that is no EPUB has none, nor one that
an earlier release read: it gets them when it is taken in again.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from domain.book import BookLayout, SourceAnchor
from domain.cfi import CfiPoint, TextPlace, range_cfi, read_cfi
from domain.frontier import Frontier
from domain.span import Span

POSITION_LENGTH = 1_024  # code points of the canonical text to a position of the locator


@dataclass(frozen=True, slots=True)
class EpubLocator:
    cfi: str  # of the whole stretch: a range
    epubjs_cfi: str  # the same as epub.js counts
    href: str  # of the spine item it begins in, from the EPUB's root
    partial_cfi: str  # of its beginning, inside the item
    css_selector: str  # of the element that it begins in
    progression: float  # of its beginning: 0 to 1, in the item
    total_progression: float  # and in the book
    position: int  # from 1


class NotInBook(ValueError):
    """A place that the book does not have."""


def locate(layout: BookLayout, span: Span) -> EpubLocator | None:
    """What goes on into another spine item is told as far as the first goes: nobody can jump to a
    range over several documents."""
    if not layout.anchors:
        return None
    anchor = _anchor_from(layout, span.start)
    item = _item(layout, anchor)
    end = min(span.end, item.end)
    first = _place_at(layout, span.start, end)
    last = _place_before(layout, end)
    if first is None or last is None or last.end < first.start:
        return None
    start = first.start
    inside = "".join(start.steps).partition("!")[2]
    return EpubLocator(
        cfi=range_cfi(start, last.end),
        epubjs_cfi=range_cfi(first.for_epubjs.start, last.for_epubjs.end),
        href=quote(anchor.item),
        partial_cfi=f"{inside}:{start.unit}",
        css_selector=_css_selector(inside),
        progression=(max(0, span.start - item.start)) / max(1, len(item)),
        total_progression=span.start / max(1, layout.length),
        position=1 + span.start // POSITION_LENGTH,
    )


def frontier_at_cfi(written: str, layout: BookLayout) -> Frontier:
    """All that stands before a CFI's point, or before the end of its range.

    Raises ValueError if it is no CFI, NotInBook if the text's places in its EPUB are not known.
    """
    _, end = read_cfi(written)
    return Frontier(_offset_of(end, layout))


def frontier_at_locator(written: str, layout: BookLayout) -> Frontier:
    """The same for a Readium locator. Of several locations the most exact counts.

    Raises ValueError if it is none, NotInBook if it leads nowhere in this book.
    """
    locator = _object(json.loads(written))
    locations = _object(locator.get("locations"))
    for fragment in (*_strings(locations.get("fragments")), locations.get("cfi")):
        if isinstance(fragment, str) and fragment.startswith("epubcfi("):
            return frontier_at_cfi(fragment, layout)
    item = _item_named(locator.get("href"), layout)
    if item is not None and isinstance(partial := locations.get("partialCfi"), str):
        steps = _known(layout, item.start).path.partition("!")[0]
        return frontier_at_cfi(f"epubcfi({steps}!{partial})", layout)
    return _by_progression(locations, item, layout)


def _by_progression(
    locations: Mapping[str, Any], item: Span | None, layout: BookLayout
) -> Frontier:
    progression, total = locations.get("progression"), locations.get("totalProgression")
    if item is not None and progression is not None:
        return Frontier(item.start + round(_share(progression) * len(item)))
    if total is not None:
        return Frontier(round(_share(total) * layout.length))
    if item is None:
        raise NotInBook("no such item")
    return Frontier(item.start)


def _object(given: object) -> Mapping[str, Any]:
    match given:
        case dict():
            return given
        case None:
            return {}
    raise ValueError("no JSON object")


def _share(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise ValueError("a progression lies between 0 and 1")
    return float(given)


def _strings(given: object) -> list[str]:
    return [g for g in given if isinstance(g, str)] if isinstance(given, list) else []


def _place_at(layout: BookLayout, offset: int, before: int) -> TextPlace | None:
    """From a code point on; from the next one that has a place, if it has none."""
    index = _index_at(layout, offset)
    known = _place(layout, index)
    if known is not None and offset - layout.anchors[index].offset < known.length:
        return known.cut(start=offset - layout.anchors[index].offset)
    following = _place(layout, index + 1)
    if following is not None and layout.anchors[index + 1].offset < before:
        return following
    return known.cut(start=known.length) if known else None


def _place_before(layout: BookLayout, offset: int) -> TextPlace | None:
    """Up to the last code point before an offset."""
    index = _index_at(layout, max(0, offset - 1))
    known = _place(layout, index)
    return known.cut(end=offset - layout.anchors[index].offset) if known else None


def _index_at(layout: BookLayout, offset: int) -> int:
    return bisect_right(layout.anchors, offset, key=lambda a: a.offset) - 1


def _place(layout: BookLayout, index: int) -> TextPlace | None:
    return TextPlace.read(layout.anchors[index].path) if 0 <= index < len(layout.anchors) else None


def _anchor_from(layout: BookLayout, offset: int) -> SourceAnchor:
    return layout.anchor_at(offset) or layout.anchors[0]


def _known(layout: BookLayout, offset: int) -> SourceAnchor:
    anchor = _anchor_from(layout, offset)
    if TextPlace.read(anchor.path) is None:
        raise NotInBook("its places are not known")
    return anchor


def _item(layout: BookLayout, anchor: SourceAnchor) -> Span:
    """What a spine item holds of the text."""
    first = bisect_left(layout.anchors, anchor.item_index, key=lambda a: a.item_index)
    beyond = bisect_right(layout.anchors, anchor.item_index, key=lambda a: a.item_index)
    is_last = beyond == len(layout.anchors)
    end = layout.length if is_last else layout.anchors[beyond].offset
    return Span(layout.anchors[first].offset, end)


def _item_named(href: object, layout: BookLayout) -> Span | None:
    """By its path from the EPUB's root, or from its package document's folder."""
    if not isinstance(href, str) or not href:
        return None
    wanted = unquote(href).partition("#")[0].lstrip("/")
    items = {anchor.item: anchor for anchor in reversed(layout.anchors) if anchor.item}
    found = items.get(wanted) or next(
        (a for item, a in items.items() if item.endswith(f"/{wanted}")), None
    )
    return _item(layout, found) if found else None


def _offset_of(point: CfiPoint, layout: BookLayout) -> int:
    """How much of the text stands before it."""
    if not layout.anchors or _place(layout, 0) is None:
        raise NotInBook("its places are not known")
    if point.steps[:1] != _first_step(layout):
        raise NotInBook("no such place")
    index = bisect_right(layout.anchors, point, key=_start) - 1
    if index < 0:
        return layout.anchors[0].offset
    anchor = layout.anchors[index]
    known = _place(layout, index)
    is_last = index + 1 == len(layout.anchors)
    following = layout.length if is_last else layout.anchors[index + 1].offset
    if known is None or known.start.steps != point.steps:
        return _as_epubjs_counts(point, index + 1, layout) or following
    passed = known.before(point.unit)
    return following if passed is None else anchor.offset + passed


def _as_epubjs_counts(point: CfiPoint, index: int, layout: BookLayout) -> int | None:
    """In an empty text, where the specification leads, nothing has a place but its beginning."""
    while point.unit and (place := _place(layout, index)):
        if place.start.steps[:-1] != point.steps[:-1]:
            inside = place.start.steps[: len(point.steps) - 1]
            if inside != point.steps[:-1]:
                return None
        elif place.for_epubjs.start.steps == point.steps:
            passed = place.for_epubjs.before(point.unit)
            if passed is not None:
                return layout.anchors[index].offset + max(0, passed)
        index += 1
    return None


def _start(anchor: SourceAnchor) -> CfiPoint:
    place = TextPlace.read(anchor.path)
    return place.start if place else CfiPoint(())


def _first_step(layout: BookLayout) -> tuple[str, ...]:
    return _start(layout.anchors[0]).steps[:1]


def _css_selector(steps: str) -> str:
    """Of the element, by its place among its siblings."""
    numbers = [int(step) for step in steps.split("/") if step]
    children = [f":nth-child({n // 2})" for n in numbers if n % 2 == 0]
    return " > ".join([":root", *children])
