"""Reading positions as they are written on the wire: `chapter:5`, `37.5%`, `offset:1200`, or a
place in an EPUB: a CFI, `epubcfi(/6/14!/4/2/10/1:23)`, or a Readium locator as JSON."""

import re

from domain.book import BookLayout
from domain.epub_locator import NotInBook, frontier_at_cfi, frontier_at_locator
from domain.errors import InvalidLocator
from domain.frontier import Frontier

FORMS = "chapter:N (inclusive), N% of the body text, offset:N, epubcfi(...), or a Readium locator"
LONGEST = 4_096  # characters

_CHAPTER = re.compile(r"chapter:\s*(\d{1,6})", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")
_OFFSET = re.compile(r"offset:\s*(\d{1,12})", re.IGNORECASE)


def resolve_locator(locator: str, layout: BookLayout) -> Frontier:
    """The frontier that a locator names in this book.

    Raises InvalidLocator for another form, a place that the book lacks, or over 100 %.
    """
    written = locator.strip()
    if written.startswith(("epubcfi(", "{")):
        return _in_epub(written, layout)
    if match := _CHAPTER.fullmatch(written):
        return _after_chapter(int(match[1]), layout)
    if match := _PERCENT.fullmatch(written):
        return _at_percent(float(match[1]), layout)
    if match := _OFFSET.fullmatch(written):
        return Frontier(min(int(match[1]), layout.length))
    raise InvalidLocator(f"Give the reading position as {FORMS}.")


def _in_epub(written: str, layout: BookLayout) -> Frontier:
    is_cfi = written.startswith("epubcfi(")
    try:
        return (frontier_at_cfi if is_cfi else frontier_at_locator)(written, layout)
    except NotInBook as error:
        raise InvalidLocator(
            "This book does not have that place. If it is an EPUB that was added before places in "
            "EPUBs were kept, add it again; else give chapter:N, N% or offset:N."
        ) from error
    except (ValueError, RecursionError) as error:
        form = (
            "a CFI as epubcfi(/6/14!/4/2/10/1:23)"
            if is_cfi
            else 'a Readium locator as {"href": "...", "locations": {"progression": 0.5}}'
        )
        raise InvalidLocator(f"That place in an EPUB cannot be read; write {form}.") from error


def _after_chapter(number: int, layout: BookLayout) -> Frontier:
    chapter = layout.body_chapter(number)
    if chapter is None:
        count = sum(c.number is not None for c in layout.chapters)
        # How many chapters there are is no spoiler: every reader sees a book's thickness.
        chapters = f"chapters 1 to {count}; give one of them" if count > 1 else "one chapter alone"
        raise InvalidLocator(f"This book has {chapters}.")
    return Frontier(chapter.span.end)


def _at_percent(percent: float, layout: BookLayout) -> Frontier:
    if percent > 100:
        raise InvalidLocator("A percentage lies between 0 and 100.")
    body = layout.body
    return Frontier(body.start + round(len(body) * percent / 100))
