"""Whole novels, as readers bring them."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from domain.book import ChapterKind, ParsedBook
from tests.unit.parsing.books import assert_sound, parse, titles

pytestmark = pytest.mark.eval_data


@pytest.fixture
def data() -> Path:
    folder = os.environ.get("FALSAFA_EVAL_DIR")
    if not folder:
        pytest.skip("FALSAFA_EVAL_DIR names no folder with evaluation data")
    return Path(folder)


NOVELS = {
    "ARoomWithAView": 20,
    "AlicesAdventuresInWonderland": 12,
    "AnneOfGreenGables": 38,
    "HardTimes": 37,
    "TheAgeOfInnocence": 34,
    "ThePictureOfDorianGray": 20,
    "TheSignOfTheFour": 12,
    "TheSunAlsoRises": 19,
}


@pytest.mark.parametrize(("novel", "chapters"), NOVELS.items())
def test_the_chapters_of_plain_texts_are_found(data: Path, novel: str, chapters: int) -> None:
    path = data / "pdnc-dev" / novel / "novel_text.txt"
    book = parse(path.read_bytes(), path.name)
    assert_sound(book)
    assert len(titles(book)) == chapters
    assert book.metadata.language == "en"


def test_an_epub_in_three_books(data: Path) -> None:
    book = parse((data / "books" / "hard-times.epub").read_bytes(), "hard-times.epub")
    assert_sound(book)
    assert titles(book, ChapterKind.FRONT) == ["Titlepage", "Imprint"]
    assert titles(book, ChapterKind.BACK) == ["Colophon", "Uncopyright"]
    assert Counter(c.parents for c in book.chapters if c.number) == {
        ("Book the First: Sowing",): 16,
        ("Book the Second: Reaping",): 12,
        ("Book the Third: Garnering",): 9,
    }
    assert titles(book)[:2] == [
        "Chapter I: The One Thing Needful",
        "Chapter II: Murdering the Innocents",
    ]
    assert book.metadata.author == "Charles Dickens"


@pytest.mark.parametrize(
    ("epub", "novel"),
    [("hard-times", "HardTimes"), ("the-sign-of-the-four", "TheSignOfTheFour")],
)
def test_an_epub_holds_the_words_of_the_plain_text(data: Path, epub: str, novel: str) -> None:
    path = data / "books" / f"{epub}.epub"
    typeset = parse(path.read_bytes(), path.name)
    plain = parse((data / "pdnc-dev" / novel / "novel_text.txt").read_bytes(), "novel.txt")
    chapters = zip(_letters_by_chapter(typeset), _letters_by_chapter(plain), strict=True)
    for ours, theirs in chapters:
        # Editors differ in a word here and there, never in a sentence.
        assert abs(len(ours) - len(theirs)) < 200
        samples = [ours[at : at + 30] for at in range(0, len(ours) - 30, 300)]
        assert sum(sample in theirs for sample in samples) >= 0.9 * len(samples)


def _letters_by_chapter(book: ParsedBook) -> list[str]:
    """The letters alone: editions differ in hyphens, dashes and quotation marks."""
    chapters = []
    for chapter in book.chapters:
        if chapter.kind is ChapterKind.BODY and chapter.heading:
            words = book.text[chapter.heading.end : chapter.span.end]
            chapters.append(re.sub(r"[^a-z]", "", words.lower()))
    return chapters
