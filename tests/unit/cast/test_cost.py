import json
from pathlib import Path

import pytest

from benchmarks.cast_cost import Cost, distinct, exponent, growth, peak_memory, read_texts

STORY = '"Come in," said Ada. Ada smiled. "No," said Ben, and he went home by the river again. '


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_is_found(power: float) -> None:
    costs = [Cost(words, 3 * words**power) for words in (10, 100, 1000)]
    assert exponent(costs) == pytest.approx(power)


def test_costs_are_taken_at_each_size_that_the_texts_reach_and_at_their_end() -> None:
    costs = growth([STORY, STORY], sizes=(5, 20, 1000))
    assert [cost.words for cost in costs] == [5, 20, 2 * len(STORY.split())]
    assert all(cost.seconds > 0 for cost in costs)


def test_another_edition_of_a_book_is_left_out() -> None:
    book = " ".join(f"word{i}" for i in range(2000))
    other = " ".join(f"other{i}" for i in range(2000))
    edition = book.upper() + " the end of a new edition"
    assert list(distinct([book, other, edition])) == [book, other]


def test_texts_come_from_folders_and_from_lines(tmp_path: Path) -> None:
    (tmp_path / "Novel").mkdir()
    (tmp_path / "Novel" / "novel_text.txt").write_bytes(b"One\r\nline")
    lines = tmp_path / "books.jsonl"
    lines.write_text(json.dumps({"text": "Two"}) + "\n", encoding="utf-8")
    assert list(read_texts(tmp_path)) == ["One\r\nline"]
    assert list(read_texts(lines)) == ["Two"]


def test_peak_memory_is_that_of_a_process_of_its_own(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text(STORY, encoding="utf-8")
    assert 5 < peak_memory(text) < 300
