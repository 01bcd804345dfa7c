import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.span import Span


@st.composite
def spans(draw: st.DrawFn, end: int = 60) -> Span:
    start = draw(st.integers(0, end))
    return Span(start, draw(st.integers(start, end)))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_span_runs_forward_from_zero(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        Span(start, end)


@given(spans(), st.text(st.characters(), max_size=60))
def test_a_span_slices_code_points(span: Span, text: str) -> None:
    assert span.of(text) == text[span.start : span.end]
    if span.end <= len(text):
        assert len(span.of(text)) == len(span)


@given(spans(), spans())
def test_containing_and_overlapping_are_those_of_the_code_points(a: Span, b: Span) -> None:
    of_a, of_b = set(range(a.start, a.end)), set(range(b.start, b.end))
    if of_a and of_b:
        assert a.contains(b) == (of_b <= of_a)
        assert a.overlaps(b) == bool(of_a & of_b)


def test_neighbours_do_not_overlap() -> None:
    assert not Span(0, 5).overlaps(Span(5, 9))
    assert Span(0, 5).contains(Span(5, 5))


@given(st.text(st.sampled_from(" \n\t\xa0ab.“"), max_size=40), spans(40))
def test_trimming_takes_white_space_off_both_ends(text: str, span: Span) -> None:
    cut = Span(min(span.start, len(text)), min(span.end, len(text)))
    trimmed = cut.trimmed(text)
    assert trimmed.of(text) == cut.of(text).strip()
    assert cut.contains(trimmed)


def test_a_span_of_white_space_is_trimmed_to_nothing() -> None:
    assert len(Span(1, 4).trimmed("a   b")) == 0


def test_spans_sort_by_where_they_begin() -> None:
    assert sorted([Span(2, 3), Span(0, 9), Span(0, 4)]) == [Span(0, 4), Span(0, 9), Span(2, 3)]
