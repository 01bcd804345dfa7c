"""Replies held against the reader's page while they stream."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.late_words import LateWords
from domain.leak import HELD_BACK, Leak, LeakKind
from domain.leak_check import LeakCheck
from domain.span import Span
from tests.unit.leaks.dowager import the_dowager
from tests.unit.leaks.replies import CLEAN, LEAKING

TOLD = ("The Dowager at Home",)

# What cuts are tried on: leaks, clean sentences, markers, marks, abbreviations, endless runs.
PIECES = st.sampled_from([
    *(reply for _, reply in LEAKING),
    *(reply for _, reply in CLEAN[:10]),
    "Ask Miss Corrie [1]. [2, 3] Then Mr. Strake said",
    "“Ida!” he cried.",
    "a" * 700,
    "word " * 150,
    *" \n.?!…“”’[]()*。é",
    "\n\n",
    "[12",
    "[…]",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=8).map(" ".join) | st.lists(PIECES, max_size=12).map("".join)


def check(chapters: int = 1, *, holds: bool = False) -> LeakCheck:
    book = the_dowager()
    return LeakCheck(LateWords(book.mentions, book.read(chapters), TOLD), holds=holds)


def read(reply: str, chapters: int = 1, *, holds: bool = False) -> tuple[str, tuple[Leak, ...]]:
    checked = check(chapters, holds=holds)
    return checked.feed(reply) + checked.end(), checked.leaks


def test_a_reply_about_what_was_read_is_not_flagged() -> None:
    flagged = [reply for chapters, reply in CLEAN if read(reply, chapters)[1]]

    assert len(flagged) <= 1, flagged  # "four people drowned": so it says later, too


@pytest.mark.parametrize(("chapters", "reply"), LEAKING)
def test_a_reply_that_tells_what_was_not_read_is_flagged(chapters: int, reply: str) -> None:
    assert read(reply, chapters)[1]


def test_a_leak_is_told_by_its_place_in_the_reply_and_nothing_else() -> None:
    reply = "Be quiet. I have asked Miss Corrie, who knows."

    told, leaks = read(reply)

    assert told == reply
    assert leaks == (Leak(LeakKind.NAME, Span(23, 34), "Miss Corrie"),)


def test_what_overlaps_is_one_leak() -> None:
    _, leaks = read(
        "A quarter of an inch wide, cut with a razor and a rule. That is how it was.", 5
    )

    (leak,) = leaks
    assert leak.exact == "A quarter of an inch wide, cut with a razor and a rule"


def test_a_sentence_that_leaks_is_held_back_with_the_numbers_that_follow_it() -> None:
    told, leaks = read("Be quiet! [1] Ask Miss Corrie. [2]\nOr ask me.", holds=True)

    assert told == f"Be quiet! [1] {HELD_BACK}\nOr ask me."
    assert leaks == (Leak(LeakKind.NAME, Span(14, 17), HELD_BACK, is_held=True),)


def test_one_mark_stands_for_all_in_a_row_that_are_held_back() -> None:
    told, leaks = read("Ask Miss Corrie. Ask Ida. Ask me.", holds=True)

    assert told == f"{HELD_BACK} Ask me."
    assert len(leaks) == 2


def test_a_sentence_is_told_as_soon_as_it_is_sure_to_be_clean() -> None:
    checked = check(holds=True)

    assert checked.feed("Be quiet. ") == ""
    assert checked.feed("A") == "Be quiet. "
    assert checked.feed("sk Miss Corrie") == ""
    assert checked.end() == HELD_BACK


def test_without_holding_back_no_word_waits() -> None:
    checked = check()

    assert checked.feed("Ask Miss Cor") == "Ask Miss Cor"
    assert checked.feed("rie") == "rie"
    assert [leak.exact for leak in checked.leaks] == ["Miss Corrie"]  # though it broke off


@settings(deadline=None)
@given(TEXTS, st.lists(st.integers(0, 400), max_size=8), st.booleans())
@example("Ask Miss Corrie. [1] Ask me.", [16, 17, 18, 19, 20], True)
def test_however_a_reply_is_cut_the_same_is_told_and_flagged(
    text: str, cuts: list[int], holds: bool
) -> None:
    checked = check(holds=holds)
    told = ""
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    for start, end in pairwise(places):
        told += checked.feed(text[start:end])
    told += checked.end()

    assert (told, checked.leaks) == read(text, holds=holds)


@settings(deadline=None)
@given(TEXTS, st.booleans())
def test_by_single_characters_too(text: str, holds: bool) -> None:
    checked = check(holds=holds)

    told = "".join(map(checked.feed, text)) + checked.end()

    assert (told, checked.leaks) == read(text, holds=holds)


@settings(deadline=None)
@given(TEXTS)
def test_a_leak_is_where_it_says_and_what_was_held_back_is_not_told(text: str) -> None:
    told, leaks = read(text)
    assert told == text
    assert all(leak.span.of(told) == leak.exact for leak in leaks)

    released, held = read(text, holds=True)
    assert all(leak.span.of(released) == HELD_BACK for leak in held)
    assert bool(held) == bool(leaks)
    assert "Corrie" not in released
    if not leaks:
        assert released == text
