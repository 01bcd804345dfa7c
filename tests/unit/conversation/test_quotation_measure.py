"""Measure of the quotation check: `make bench-quotations` prints the same figures in full."""

import os
from pathlib import Path

import pytest

from benchmarks.quotations import Judged, accuracy, book_of_file, books_of, draws, judge

EXAMPLE = Path(__file__).parents[3] / "examples" / "the-dowager-at-home.md"
EVAL_DIR = os.environ.get("FALSAFA_EVAL_DIR")
TYPOGRAPHY = {
    "as_it_stands",
    "straight",
    "curly",
    "dashes",
    "ellipses",
    "no_break_spaces",
    "line_breaks",
    "soft_hyphens",
    "ligatures",
    "first_letter",
    "other_end",
}


def wrong(judged: list[Judged], kinds: set[str]) -> list[str]:
    return [j.draw.reply for j in judged if j.draw.kind in kinds and not j.is_right]


def test_quotations_from_the_example_book_are_judged_rightly() -> None:
    judged = [judge(draw) for draw in draws([book_of_file(EXAMPLE)], 600, seed=5)]
    assert accuracy(judged) >= 0.99
    assert wrong(judged, TYPOGRAPHY) == []


@pytest.mark.eval_data
@pytest.mark.slow
@pytest.mark.skipif(not EVAL_DIR, reason="FALSAFA_EVAL_DIR names no evaluation data")
def test_quotations_from_novels_are_judged_rightly() -> None:
    judged = [judge(draw) for draw in draws(books_of(Path(EVAL_DIR or "")), 2_000, seed=11)]
    assert accuracy(judged) >= 0.99
