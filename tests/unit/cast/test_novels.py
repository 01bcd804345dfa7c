"""Whole novels, where FALSAFA_EVAL_DIR has them."""

import os
import re
from pathlib import Path

import pytest

from adapters.outbound.cast.extract import extract_cast
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.parser import parse_file
from domain.cast import Cast
from tests.unit.cast.test_extract import check_positions

EVAL_DIR = os.environ.get("FALSAFA_EVAL_DIR")
pytestmark = [
    pytest.mark.eval_data,
    pytest.mark.skipif(not EVAL_DIR, reason="FALSAFA_EVAL_DIR names no evaluation data"),
]


def texts() -> list[Path]:
    return sorted(Path(EVAL_DIR, "pdnc-dev").glob("*/novel_text.txt")) if EVAL_DIR else []


def read_cast(path: Path) -> tuple[str, Cast]:
    text = path.read_bytes().decode("utf-8")
    return text, extract_cast(text)


@pytest.mark.slow
@pytest.mark.parametrize("path", texts(), ids=lambda p: p.parent.name)
def test_every_position_in_a_novel_slices_to_its_text(path: Path) -> None:
    check_positions(*read_cast(path))


def test_the_people_of_hard_times_are_themselves_once_each() -> None:
    _, cast = read_cast(Path(str(EVAL_DIR), "pdnc-dev", "HardTimes", "novel_text.txt"))
    leading = cast.characters[:12]
    for name in (
        "Mr. Gradgrind", "Mr. Bounderby", "Louisa", "Tom", "Sissy", "Stephen Blackpool",
        "Mrs. Sparsit", "Mr. Harthouse", "Mr. Sleary",
    ):  # fmt: skip
        assert sum(c.is_called(name) for c in cast.characters) == 1, name
        assert any(c.is_called(name) for c in leading), name
    father = next(c for c in leading if c.is_called("Mr. Gradgrind"))
    assert not father.is_called("Tom")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("epub", "novel"),
    [("hard-times", "HardTimes"), ("the-sign-of-the-four", "TheSignOfTheFour")],
)
def test_an_epub_and_its_plain_text_give_the_same_cast(epub: str, novel: str) -> None:
    """But for the words and inner marks of each edition, which part one line in eight at most."""
    book = parse_file(
        Path(str(EVAL_DIR), "books", f"{epub}.epub"), f"{epub}.epub", "", ParsingLimits()
    )
    curly = lines(book.text, extract_cast(book.text, book.layout, book.metadata.language))
    text, cast = read_cast(Path(str(EVAL_DIR), "pdnc-dev", novel, "novel_text.txt"))
    straight = lines(text, cast)
    shared = curly.keys() & straight.keys()
    assert len(shared) > 7 / 8 * max(len(curly), len(straight))
    assert sum(curly[line] == straight[line] for line in shared) > 0.93 * len(shared)


def lines(text: str, cast: Cast) -> dict[str, str]:
    """What is said, spelt in bare letters -> who says it."""
    names = {c.id: c.name for c in cast.characters}
    return {
        re.sub(r"[^a-z]+", "", q.span.of(text).lower()): names[q.speaker_id] if q.speaker_id else ""
        for q in cast.quotes
        if len(q.span) > 12
    }
