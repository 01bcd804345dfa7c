import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound.http.pagination import page_of
from domain.cursor import write_cursor
from domain.errors import InvalidInput
from domain.page import PageRequest


@given(st.integers(0, 40), st.integers(1, 15))
def test_the_pages_are_the_list(length: int, limit: int) -> None:
    items = list(range(length))
    seen: list[int] = []
    cursor = None
    while True:
        page = page_of(items, PageRequest(limit, cursor))
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == items


def test_a_cursor_past_the_end_gives_an_empty_last_page() -> None:
    page = page_of([1, 2], PageRequest(5, write_cursor("7")))
    assert page.items == ()
    assert page.next_cursor is None


@pytest.mark.parametrize(
    "cursor", ["", "7", "!", *map(write_cursor, ("", "-1", "x", "²", "1" * 19))]
)
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        page_of([1], PageRequest(5, cursor))
