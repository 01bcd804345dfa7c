from dataclasses import replace

import pytest

from domain.book import (
    Book,
    BookLayout,
    Chapter,
    ChapterKind,
    ContentVersion,
    ParsedBook,
    SourceAnchor,
)
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from domain.span import Span
from tests.contract.fake_clock import START

FRONT = Chapter(0, "Title page", Span(0, 40), ChapterKind.FRONT)
ONE = Chapter(1, "Sowing", Span(40, 180), number=1, heading=Span(42, 48))
TWO = Chapter(2, "Reaping", Span(180, 300), number=2, heading=Span(180, 187))
BACK = Chapter(3, "Notes", Span(300, 320), ChapterKind.BACK)
ANCHORS = (SourceAnchor(0, "title", 0, "/p"), SourceAnchor(50, "one", 1, "/p"))
LAYOUT = BookLayout(320, (FRONT, ONE, TWO, BACK), ANCHORS)


def test_the_body_runs_from_the_first_body_chapter_to_the_last() -> None:
    assert LAYOUT.body == Span(40, 300)


def test_without_body_chapters_the_whole_text_is_body() -> None:
    assert BookLayout(40, (FRONT,)).body == Span(0, 40)


def test_an_offset_lies_in_the_chapter_that_began_last() -> None:
    assert [LAYOUT.chapter_at(at) for at in (0, 39, 40, 299, 9999)] == [
        FRONT,
        FRONT,
        ONE,
        TWO,
        BACK,
    ]
    assert BookLayout(40, (ONE,)).chapter_at(3) is None


def test_an_offset_lies_in_the_block_that_began_last() -> None:
    assert [LAYOUT.anchor_at(at) for at in (0, 49, 50, 319)] == [ANCHORS[0]] * 2 + [ANCHORS[1]] * 2
    assert BookLayout(40, ()).anchor_at(3) is None


@pytest.mark.parametrize(
    ("title", "is_so"),
    [
        *(
            ("Title page", True),
            ("Imprint", True),
            ("Uncopyright", True),
            ("Table of Contents", True),
        ),
        ("THE FULL PROJECT GUTENBERG™ LICENSE", True),
        *(("Preface", False), ("Dedication", False), ("Notes", False), ("", False)),
    ],
)
def test_what_tells_of_an_edition_is_known_by_its_title(title: str, is_so: bool) -> None:
    assert replace(FRONT, title=title).is_of_edition is is_so
    assert not replace(ONE, title=title).is_of_edition


def test_body_chapters_are_found_by_number() -> None:
    assert LAYOUT.body_chapter(2) == TWO
    assert LAYOUT.body_chapter(3) is None


def test_a_title_is_known_once_it_has_been_read() -> None:
    assert [c.title for c in LAYOUT.up_to(Frontier(47))] == ["Title page"]
    assert [c.title for c in LAYOUT.up_to(Frontier(48))] == ["Title page", "Sowing"]


def test_a_chapter_without_a_heading_is_known_once_it_is_entered() -> None:
    assert LAYOUT.up_to(Frontier(0)) == ()
    assert [c.title for c in LAYOUT.up_to(Frontier(301))][-1] == "Notes"


def test_the_chapter_at_the_frontier_ends_there() -> None:
    assert LAYOUT.up_to(Frontier(100))[-1].span == Span(40, 100)
    assert LAYOUT.up_to(WHOLE_BOOK) == LAYOUT.chapters


def test_a_parsed_book_has_a_layout_of_its_length() -> None:
    parsed = ParsedBook("x" * 320, LAYOUT.chapters, anchors=ANCHORS)
    assert parsed.layout == LAYOUT


def test_a_version_is_named_by_book_and_number() -> None:
    assert str(ContentVersion(BookId("book"), 3)) == "book__3"


def test_a_book_answers_from_the_version_that_serves() -> None:
    book = Book(BookId("book"), None, "Title", "", "", START, START)
    assert book.version is None
    served = Book(BookId("book"), None, "Title", "", "", START, START, serving=2)
    assert served.version == ContentVersion(BookId("book"), 2)
