"""Pages of a list that lies in memory as a whole, such as a book's cast."""

from collections.abc import Sequence
from typing import TypeVar

from domain.cursor import read_cursor, write_cursor
from domain.errors import InvalidInput
from domain.page import Page, PageRequest

T = TypeVar("T")


def page_of(items: Sequence[T], request: PageRequest) -> Page[T]:
    """Raises InvalidInput for a cursor that is none of ours."""
    start = 0 if request.cursor is None else _place(request.cursor)
    end = start + request.limit
    return Page(tuple(items[start:end]), write_cursor(str(end)) if end < len(items) else None)


def _place(cursor: str) -> int:
    (place,) = read_cursor(cursor, 1)
    if not place.isascii() or not place.isdigit() or len(place) > 9:
        raise InvalidInput("This cursor is none that we gave. Begin again without one.")
    return int(place)
