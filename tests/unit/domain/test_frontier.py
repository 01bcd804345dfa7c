import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.frontier import WHOLE_BOOK, Frontier
from domain.span import Span
from tests.unit.domain.test_span import spans


def test_a_frontier_is_not_negative() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Frontier(-1)


def test_what_ends_at_the_frontier_is_visible() -> None:
    assert Frontier(10).sees(Span(3, 10))
    assert not Frontier(10).sees(Span(3, 11))


def test_what_is_revealed_at_the_frontier_is_known() -> None:
    assert Frontier(10).knows(10)
    assert not Frontier(10).knows(11)


@given(spans(), st.integers(0, 80))
def test_a_clipped_span_is_what_was_read_of_it(span: Span, offset: int) -> None:
    clipped = Frontier(offset).clip(span)
    read = [place for place in range(span.start, span.end) if place < offset]
    assert list(range(clipped.start, clipped.end)) == read
    assert clipped.start == span.start


def test_the_whole_book_hides_nothing() -> None:
    assert WHOLE_BOOK.is_whole_book
    assert not Frontier(10**9).is_whole_book
    assert WHOLE_BOOK.sees(Span(0, 10**9))
    assert Frontier(10**9) < WHOLE_BOOK
