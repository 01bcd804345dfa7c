"""Pages of a list that lies in memory as a whole, such as a book's cast."""

from collections.abc import Sequence
from typing import TypeVar

from domain.errors import InvalidQuery
from domain.page import Page, PageRequest

T = TypeVar("T")


def page_of(items: Sequence[T], request: PageRequest) -> Page[T]:
    """Raises InvalidQuery for a cursor that is none of ours."""
    start = _place(request.cursor)
    end = start + request.limit
    return Page(tuple(items[start:end]), f"n{end}" if end < len(items) else None)


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    number = cursor.removeprefix("n")
    if number == cursor or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InvalidQuery("This cursor is none that we gave; leave it out to begin again.")
    return int(number)
