from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.book import BookLayout
from domain.errors import InvalidLocator
from domain.frontier import Frontier
from domain.locator import resolve_locator
from tests.unit.domain.test_book import FRONT, LAYOUT


@pytest.mark.parametrize(
    ("locator", "offset"),
    [
        ("chapter:1", 180),
        ("chapter:2", 300),
        ("  Chapter: 2 ", 300),
        ("offset:0", 0),
        ("offset:123", 123),
        ("OFFSET: 123", 123),
        ("offset:99999", 320),  # cut at the text's end
        ("0%", 40),
        ("50%", 170),
        ("37.5%", 40 + round(260 * 0.375)),
        ("100 %", 300),
        ("100.0%", 300),
    ],
)
def test_a_locator_names_one_offset(locator: str, offset: int) -> None:
    assert resolve_locator(locator, LAYOUT) == Frontier(offset)


@pytest.mark.parametrize("locator", ["", "12", "epubcfi(/6/4)", "chapter", "offset", "%"])
@pytest.mark.parametrize("tail", ["", ":", ":-1", ":1.5", ":one", ":1%", ":1\n2", ":" + "9" * 20])
def test_another_form_is_refused(locator: str, tail: str) -> None:
    with pytest.raises(InvalidLocator):
        resolve_locator(locator + tail, LAYOUT)


@pytest.mark.parametrize("locator", ["-1%", "1e2%", "101%", "100.01%", "999%", "1000%", "37,5%"])
def test_a_percentage_lies_between_0_and_100(locator: str) -> None:
    with pytest.raises(InvalidLocator):
        resolve_locator(locator, LAYOUT)


@pytest.mark.parametrize("number", [0, 3])
def test_a_chapter_that_the_book_lacks_is_refused_and_the_range_told(number: int) -> None:
    with pytest.raises(InvalidLocator, match="chapters 1 to 2"):
        resolve_locator(f"chapter:{number}", LAYOUT)
    only = replace(LAYOUT, chapters=LAYOUT.chapters[:2])
    with pytest.raises(InvalidLocator, match="one chapter alone"):
        resolve_locator(f"chapter:{number}", only)


def test_without_body_chapters_percent_is_of_the_whole_text() -> None:
    assert resolve_locator("50%", BookLayout(40, (FRONT,))) == Frontier(20)


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_percent_is_never_less_text(one: float, other: float) -> None:
    low, high = sorted((round(one, 3), round(other, 3)))
    at_low, at_high = (resolve_locator(f"{p:.3f}%", LAYOUT) for p in (low, high))
    assert Frontier(40) <= at_low <= at_high <= Frontier(300)


@given(st.text(max_size=30))
def test_no_text_is_answered_by_anything_but_a_frontier_or_a_refusal(text: str) -> None:
    with suppress(InvalidLocator):
        assert resolve_locator(text, LAYOUT).offset <= LAYOUT.length
