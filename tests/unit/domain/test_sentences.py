import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sentences import sentences
from domain.span import Span

BOOKISH = st.text(st.sampled_from(list("abcABC MrDr.!?…,;:\"'“”‘’()\n\n  。—é")), max_size=200)


def split(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    "sentence",
    [
        "Mr. Finch bowed to Mrs. Finch and to Dr. Lane.",
        "He met J. R. Finch at St. Olave's.",
        "“Where?” she cried.",
        "“Wait!” said the boy, and ran.",
        "She thought … and thought.",
        "It cost 3.50 in all.",
        "He came at 5 p.m. that day.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert split(f"Before. {sentence} After.") == ["Before.", sentence, "After."]


def test_closing_marks_belong_to_the_sentence_they_close() -> None:
    assert split("“Go home.” He went. (He was tired.) “Why?” Nobody knew!") == [
        "“Go home.”",
        "He went.",
        "(He was tired.)",
        "“Why?”",
        "Nobody knew!",
    ]


def test_the_narrator_and_a_plain_no_end_sentences() -> None:
    assert split("It was I. Nobody else. No. Never.") == [
        "It was I.",
        "Nobody else.",
        "No.",
        "Never.",
    ]


def test_an_empty_line_ends_a_sentence_and_a_wrapped_line_does_not() -> None:
    assert split("CHAPTER ONE\n\nThe rain fell\non the roof.\n  \nIt fell long.") == [
        "CHAPTER ONE",
        "The rain fell\non the roof.",
        "It fell long.",
    ]


def test_sentences_that_no_space_follows() -> None:
    assert split("彼は来た。彼女は去った！誰も") == ["彼は来た。", "彼女は去った！", "誰も"]


def test_only_the_given_stretch_is_split() -> None:
    text = "One. Two. Three."
    assert [s.of(text) for s in sentences(text, Span(5, 12))] == ["Two.", "Th"]


@given(BOOKISH)
def test_sentences_hold_all_that_is_not_white_space_in_order(text: str) -> None:
    end = 0
    for span in sentences(text, Span(0, len(text))):
        assert not text[end : span.start].strip()
        assert span.of(text) == span.of(text).strip() != ""
        end = span.end
    assert not text[end:].strip()
