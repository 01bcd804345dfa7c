from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.book import BookLayout, Chapter
from domain.chunking import Limits, chunk, windows
from domain.passage import Passage
from domain.span import Span

BOOKISH = st.text(st.sampled_from(list('abAB .!?…,;"“”\n\n -—é漢。😀')), max_size=300)
SMALL = Limits(tokens=12, characters=60)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def layout_of(text: str, *chapter_starts: int) -> BookLayout:
    starts = [0, *chapter_starts, len(text)]
    chapters = tuple(
        Chapter(index=n, title=f"Chapter {n}", span=Span(start, end))
        for n, (start, end) in enumerate(pairwise(starts))
    )
    return BookLayout(length=len(text), chapters=chapters)


def cut(text: str, limits: Limits = SMALL, *chapter_starts: int) -> list[str]:
    return [p.text for p in chunk(text, layout_of(text, *chapter_starts), count_words, limits)]


def test_a_passage_is_as_many_sentences_as_fit() -> None:
    text = "One two three four. Five six seven eight. Nine ten eleven twelve. Thirteen."
    assert cut(text) == [
        "One two three four. Five six seven eight.",
        "Nine ten eleven twelve. Thirteen.",
    ]


def test_a_passage_never_runs_over_the_end_of_a_chapter() -> None:
    text = "The end came. Then it began."
    assert cut(text, SMALL, 14) == ["The end came.", "Then it began."]


def test_a_passage_ends_with_a_paragraph_where_it_is_half_full() -> None:
    text = "A b c d e f g.\n\nH i j. K l m n."
    assert cut(text) == ["A b c d e f g.", "H i j. K l m n."]


def test_a_heading_goes_with_what_follows_it() -> None:
    text = "A b c d e f g h i.\n\nThe Second Part\n\nIt began with rain and wind."
    assert cut(text) == ["A b c d e f g h i.", "The Second Part\n\nIt began with rain and wind."]


def test_the_title_of_a_chapter_is_a_heading_whatever_its_marks() -> None:
    text = "I. In Which It Rains!\n\nSome words. More words here follow on and on and on."
    heading = Span(0, 21)
    layout = BookLayout(
        len(text), (Chapter(0, "In Which It Rains!", Span(0, len(text)), heading=heading),)
    )
    first, *_ = chunk(text, layout, count_words, Limits(tokens=13, characters=200))
    assert first.text.endswith("Some words.")


def test_a_sentence_that_is_too_long_is_cut_after_clauses() -> None:
    text = "He walked on and on and on, past the mill and the bridge, past the church, home."
    assert cut(text) == [
        "He walked on and on and on,",
        "past the mill and the bridge, past the church, home.",
    ]


def test_a_clause_that_is_too_long_is_cut_between_words() -> None:
    text = "word " * 100
    passages = cut(text, Limits(tokens=1000, characters=300))
    assert all(len(p) <= 300 and set(p.split()) == {"word"} for p in passages)


def test_a_word_that_is_too_long_is_cut_anywhere() -> None:
    assert cut("x" * 130) == ["x" * 60, "x" * 60, "x" * 10]


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_an_empty_text_has_no_passages(text: str) -> None:
    assert cut(text) == []


@pytest.mark.parametrize("unit", ["word ", "x", "a, b", ". ", "\n", "... ", "“Oh!” "])
def test_a_long_line_of_anything_is_counted_a_few_times_and_not_more(unit: str) -> None:
    text = unit * 40_000
    counted = 0

    def count_all(texts: Sequence[str]) -> list[int]:
        nonlocal counted
        counted += sum(map(len, texts))
        return count_words(texts)

    passages = chunk(text, layout_of(text), count_all)
    assert counted <= 2 * len(text)
    assert all(len(p.text) <= Limits().characters for p in passages)


@given(text=BOOKISH, tokens=st.integers(1, 30), characters=st.integers(1, 80), at=st.integers(0))
def test_passages_tile_the_text(text: str, tokens: int, characters: int, at: int) -> None:
    layout = layout_of(text, at % (len(text) + 1))
    passages = chunk(text, layout, count_words, Limits(tokens, characters))
    end = 0
    for number, passage in enumerate(passages):
        assert passage.index == number
        assert passage.text == passage.span.of(text)
        assert 0 < len(passage.text) <= characters
        assert layout.chapters[passage.chapter_index].span.contains(passage.span)
        assert not text[end : passage.span.start].strip()
        end = passage.span.end
    assert not text[end:].strip()


def test_windows_are_smaller_stretches_of_a_passage() -> None:
    text = "One two three. Four five six. Seven eight nine."
    passage = Passage(0, Span(500, 500 + len(text)), 0, text)
    limits = Limits(tokens=6, characters=1000)
    assert windows(passage, count_words, limits) == [
        "One two three. Four five six.",
        "Seven eight nine.",
    ]


def test_a_short_passage_has_no_windows() -> None:
    assert windows(Passage(0, Span(0, 14), 0, "One two three."), count_words) == []
