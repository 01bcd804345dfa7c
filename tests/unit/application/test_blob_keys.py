import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.blob_keys import (
    book_blobs,
    cast_blobs,
    is_kept_for,
    may_be_read_for,
    source_blob,
    token_blobs,
)
from domain.book import ContentVersion
from domain.ids import BookId

BOOK = BookId("b")


@pytest.mark.parametrize(
    ("file_name", "kept"),
    [
        ("Hard Times.epub", "Hard-Times.epub"),
        ("../../etc/passwd", "etc-passwd"),
        ("Идиот.txt", "txt"),
        ("", "book"),
        ("...", "book"),
        ("罪と罰", "book"),
    ],
)
def test_a_file_keeps_as_much_of_its_name_as_is_safe(file_name: str, kept: str) -> None:
    assert source_blob(BOOK, "c", file_name) == f"books/b/source/c/{kept}"


def test_the_end_of_a_long_name_stays_with_its_suffix() -> None:
    name = source_blob(BOOK, "c", "x" * 500 + ".epub").rpartition("/")[2]
    assert len(name) == 80
    assert name.endswith("x.epub")


@given(st.text())
def test_no_name_leads_out_of_the_books_folder(file_name: str) -> None:
    prefix, _, name = source_blob(BOOK, "c", file_name).rpartition("/")
    assert prefix == "books/b/source/c"
    assert name not in ("", ".", "..")
    assert len(name) <= 80


def test_all_that_is_kept_for_a_book_is_found_and_no_more() -> None:
    prefixes = tuple(f"{prefix}/" for prefix in book_blobs(BOOK))
    source = source_blob(BOOK, "c", "Hard Times.epub")
    assert source.startswith(prefixes)
    assert is_kept_for(BOOK, source)
    assert f"{cast_blobs(ContentVersion(BOOK, 1))}/quotes.json".startswith(prefixes)
    assert f"{token_blobs(ContentVersion(BOOK, 1))}/model".startswith(prefixes)
    theirs = f"books/{BOOK}/hard-times.epub"
    assert not theirs.startswith(prefixes)
    assert not is_kept_for(BOOK, theirs)


@pytest.mark.parametrize(
    ("key", "may"),
    [
        ("uploads/hard-times.epub", True),
        ("books/b/hard-times.epub", True),
        ("books/b/source/c/hard-times.epub", True),
        ("books/other/source/c/emma.epub", False),
        ("books/other/cast/1/quotes.json", False),
        ("books/other/tokens/1/model", False),
        ("texts/other/1.txt", False),
        ("texts/b/1.txt", False),
    ],
)
def test_a_row_cannot_name_what_is_kept_for_another_book(key: str, may: bool) -> None:
    assert may_be_read_for(BOOK, key) is may
