"""Whole novels, where FALSAFA_EVAL_DIR has them."""

import os
from pathlib import Path

import pytest

from adapters.outbound.cast.extract import extract_cast
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
