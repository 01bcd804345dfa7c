import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.book import BookLayout, Chapter, ChapterKind
from domain.persona_layers import layers_of
from domain.span import Span


def layout(*ends: int, back: int = 0) -> BookLayout:
    starts = [0, *ends[:-1]]
    chapters = [
        Chapter(n, f"Chapter {n + 1}", Span(start, end), number=n + 1)
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    length = ends[-1] + back
    if back:
        chapters.append(Chapter(len(ends), "Notes", Span(ends[-1], length), ChapterKind.BACK))
    return BookLayout(length, tuple(chapters))


@pytest.mark.parametrize(
    ("count", "at"), [(1, [900]), (2, [500, 900]), (3, [300, 600, 900]), (12, [100, 300, 500])]
)
def test_layers_end_with_chapters_and_the_last_with_the_body(count: int, at: list[int]) -> None:
    book = layout(100, 300, 500, 600, 800, 900, back=50)
    found = [layer.offset for layer in layers_of(book, count)]
    assert found[: len(at)] == at
    assert found[-1] == 900


def test_a_book_without_chapters_has_one() -> None:
    assert [f.offset for f in layers_of(BookLayout(700, ()), 5)] == [700]


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=20),
    st.integers(1, 12),
    st.integers(0, 30),
)
def test_there_are_never_more_than_asked_for(sizes: list[int], count: int, back: int) -> None:
    ends = [sum(sizes[: n + 1]) for n in range(len(sizes))]
    found = [layer.offset for layer in layers_of(layout(*ends, back=back), count)]
    assert 1 <= len(found) <= count
    assert found == sorted(set(found))
    assert set(found) <= set(ends)
    assert found[-1] == ends[-1]
