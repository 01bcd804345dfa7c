from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.plain_text import parse_raw_text
from domain.book import ChapterKind
from domain.errors import BrokenFile, EmptyBook, FileTooLarge, UnsupportedFile
from tests.unit.parsing.books import LIMITS, PROSE, assert_sound, parse, text_of, titles

NOVEL = f"CHAPTER I.\n\n{PROSE}\n\n“Café—naïve,” he said.\n\nCHAPTER II.\n\n{PROSE}\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_any_encoding_gives_the_same_text(encoding: str) -> None:
    book = parse(NOVEL.encode(encoding), "novel.txt")
    assert book.text == NOVEL.strip()
    assert titles(book) == ["Chapter I", "Chapter II"]


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems_become_lf(ending: str) -> None:
    book = parse(NOVEL.replace("\n", ending).encode(), "novel.txt")
    assert book.text == NOVEL.strip()


def test_lines_stay_as_the_author_broke_them() -> None:
    verse = "  Tyger Tyger, burning bright,\n    In the forests of the night;\n\nWhat immortal hand"
    assert parse(verse).text == verse


def test_nuls_surrogates_and_controls_do_not_reach_the_text() -> None:
    book = parse(b"A \xed\xa0\x80 b\0c\x07d. caf\xc3\xa9 " + PROSE.encode())
    assert_sound(book)
    assert book.text.startswith("A \ufffd bcd. café")


def test_text_that_runs_right_to_left_keeps_its_joiners() -> None:
    persian = "او می\u200cخواهد بداند که \u200fچرا؟ 👩\u200d👧 " * 20
    book = parse(persian)
    assert book.text == persian.strip()
    assert book.metadata.language == "fa"


def test_one_endless_line_is_a_book_of_one_chapter() -> None:
    line = (PROSE + " ") * 30_000  # 5 MB
    book = parse(line)
    assert_sound(book)
    assert len(book.chapters) == 1
    assert parse(" " * 5_000_000 + "x").text.endswith(" x")


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(FileTooLarge):
        parse("word " * 300, limits=ParsingLimits(max_text_chars=1_000))
    with pytest.raises(FileTooLarge):
        ParsingLimits(max_file_bytes=10).check_file_size(11)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"* * *\n\n---"])
def test_nothing_to_read_is_an_empty_book(data: bytes) -> None:
    with pytest.raises(EmptyBook):
        parse(data, "book.txt")


GUTENBERG = f"""The Project Gutenberg eBook of Hard Weather

Title: Hard Weather

Author: Ann Orde

Language: English

*** START OF THE PROJECT GUTENBERG EBOOK HARD
WEATHER ***

Produced by nobody
in particular

CHAPTER I

{PROSE}

CHAPTER II

{PROSE}

*** END OF THE PROJECT GUTENBERG EBOOK HARD WEATHER ***

Updated editions will replace the previous one.
"""


def test_the_header_and_licence_of_gutenberg_are_cut_off() -> None:
    book = parse(GUTENBERG, "pg1.txt")
    assert book.text.startswith("CHAPTER I\n")
    assert book.text.endswith(PROSE)
    assert (book.metadata.title, book.metadata.author) == ("Hard Weather", "Ann Orde")
    assert book.metadata.language == "en"


@pytest.mark.parametrize(
    ("head", "title", "author"),
    [
        ("HARD WEATHER\n\nby Ann Orde", "Hard Weather", "Ann Orde"),
        ("Hard Weather\n\n\nby\n\nAnn Orde", "Hard Weather", "Ann Orde"),
        ("HARD WEATHER", "Hard Weather", ""),
        ("Title: Hard Weather\n\nAuthor: Ann Orde", "Hard Weather", "Ann Orde"),
    ],
)
def test_title_and_author_stand_before_the_first_chapter(
    head: str, title: str, author: str
) -> None:
    book = parse(f"{head}\n\n\n{NOVEL}")
    assert (book.metadata.title, book.metadata.author) == (title, author)
    assert book.chapters[0].kind is ChapterKind.FRONT
    assert titles(book) == ["Chapter I", "Chapter II"]


def test_a_text_without_headings_is_one_chapter_with_the_books_title() -> None:
    book = parse(f"Hard Weather\n\nby Ann Orde\n\n{PROSE}")
    assert titles(book) == ["Hard Weather"]


def test_a_raw_text_is_exactly_the_file(tmp_path: Path) -> None:
    content = "\ufeff  CHAPTER I\r\n\r\nOne\x00.\r\n\r\nCHAPTER II\r\n\r\nTwo\u00a0."
    file = tmp_path / "raw.txt"
    file.write_bytes(content.encode())
    book = parse_raw_text(file, LIMITS)
    assert book.text == content
    assert [text_of(book, c) for c in book.chapters][-1].startswith("CHAPTER II")


def test_a_raw_text_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "raw.txt"
    file.write_bytes("“quoted”".encode("cp1252"))
    with pytest.raises(BrokenFile, match="UTF-8"):
        parse_raw_text(file, LIMITS)


@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_sound_book_or_a_typed_error(data: bytes) -> None:
    try:
        book = parse(data, "book.txt")
    except (UnsupportedFile, FileTooLarge):
        return
    assert_sound(book)


HEADINGS = st.sampled_from(
    ["CHAPTER I.", "Chapter Two", "BOOK THE FIRST", "III.", "4", "PROLOGUE", "CONTENTS", "PART 2"]
)
LINES = st.one_of(HEADINGS, st.text(max_size=60), st.just(PROSE), st.just(""))


@given(st.lists(LINES, max_size=40).map("\n".join))
def test_chapters_tile_any_text(text: str) -> None:
    try:
        book = parse(text, "book.txt")
    except UnsupportedFile:
        return
    assert_sound(book)
