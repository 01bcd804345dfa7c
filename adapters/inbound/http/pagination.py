"""Pages of a list that lies in memory as a whole, such as a book's cast."""

from collections.abc import Sequence
from typing import TypeVar

from domain.cursor import read_place, write_cursor
from domain.page import Page, PageRequest

T = TypeVar("T")


def page_of(items: Sequence[T], request: PageRequest) -> Page[T]:
    """Raises InvalidInput for a cursor that is none of ours."""
    start = 0 if request.cursor is None else read_place(request.cursor)
    end = start + request.limit
    return Page(tuple(items[start:end]), write_cursor(str(end)) if end < len(items) else None)
