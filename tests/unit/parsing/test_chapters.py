from __future__ import annotations

import pytest

from adapters.outbound.parsing.chapters import detect_chapters
from adapters.outbound.parsing.titles import cited
from tests.unit.parsing.books import PROSE


def found(text: str) -> list[str]:
    return [mark.title for mark in detect_chapters(text)]


def novel(*headings: str, prose: str = PROSE) -> str:
    return "\n\n\n".join(f"{heading}\n\n{prose}" for heading in headings)


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["CHAPTER I.", "CHAPTER II."], ["Chapter I", "Chapter II"]),
        (["Chapter One", "Chapter Two"], ["Chapter One", "Chapter Two"]),
        (["CHAPTER TWENTY-ONE", "CHAPTER XXII"], ["Chapter Twenty-One", "Chapter XXII"]),
        (["I", "II", "III"], ["Chapter I", "Chapter II", "Chapter III"]),
        (["1.", "2."], ["Chapter 1", "Chapter 2"]),
        (["I. A SCANDAL", "II. THE LEAGUE"], ["Chapter I: A Scandal", "Chapter II: The League"]),
        (["CHAPTER I\nTHE RAIN", "CHAPTER II"], ["Chapter I: The Rain", "Chapter II"]),
        (["CHAPTER I.\n\nThe Rain", "CHAPTER II."], ["Chapter I: The Rain", "Chapter II"]),
        (["     CHAPTER\n       1", "     CHAPTER\n       2"], ["Chapter 1", "Chapter 2"]),
        (["CHAPTER I\nWho Stole Tarts?", "II"], ["Chapter I: Who Stole Tarts?"]),
        (["STAVE ONE", "STAVE TWO"], ["Stave One", "Stave Two"]),
        (["PROLOGUE", "CHAPTER 1", "EPILOGUE"], ["Prologue", "Chapter 1", "Epilogue"]),
        (["_Letter 1_", "_Letter 2_"], ["Letter 1", "Letter 2"]),
        (["Erstes Kapitel", "Zweites Kapitel"], []),
    ],
)  # fmt: skip
def test_headings_in_the_usual_styles(headings: list[str], expected: list[str]) -> None:
    assert found(novel(*headings)) == expected


def test_the_heading_is_where_the_title_stands() -> None:
    text = novel("CHAPTER I\n\nTHE RAIN", "CHAPTER II\n\nTHE CLOCK")
    assert [m.heading.of(text) for m in detect_chapters(text) if m.heading] == [
        "CHAPTER I\n\nTHE RAIN",
        "CHAPTER II\n\nTHE CLOCK",
    ]


def test_a_sentence_that_begins_like_a_heading_is_none() -> None:
    text = novel("CHAPTER I", "CHAPTER II")
    text += "\n\nChapter two was found, and she glanced at its opening sentences.\n\n"
    text += "Part of it was torn.\n\nI nodded.\n\n“Chapter three,” he said."
    assert found(text) == ["Chapter I", "Chapter II"]


def test_text_that_follows_a_number_without_a_blank_line_is_no_name() -> None:
    text = f"CHAPTER I\n{PROSE}\n\nCHAPTER II\n{PROSE}"
    assert found(text) == ["Chapter I", "Chapter II"]


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_table_of_contents_holds_no_chapters(between: str) -> None:
    lines = ["CHAPTER I. The Rain", "CHAPTER II. The Clock", "CHAPTER III. The Letters"]
    text = f"CONTENTS\n\n{between.join(lines)}\n\n\n{novel(*lines)}"
    assert found(text) == [
        "Contents", "Chapter I: The Rain", "Chapter II: The Clock", "Chapter III: The Letters"
    ]  # fmt: skip


def test_a_table_of_contents_before_a_preface_holds_no_chapters() -> None:
    lines = ["Chapter 1", "Chapter 2", "Chapter 3"]
    text = f"{chr(10).join(f'{line}{chr(10)}' for line in lines)}\n\nPREFACE\n\n{PROSE}\n\n"
    assert found(text + novel(*lines)) == ["Preface", *lines]


def test_short_chapters_are_chapters() -> None:
    assert found(novel("CHAPTER 1", "CHAPTER 2", "CHAPTER 3", prose="He went.")) == [
        "Chapter 1", "Chapter 2", "Chapter 3"
    ]  # fmt: skip


def test_parts_are_parents() -> None:
    text = f"BOOK THE FIRST\n_SOWING_\n\n\n{novel('CHAPTER I', 'CHAPTER II')}\n\n\n"
    text += f"BOOK THE SECOND\n_REAPING_\n\n\n{novel('CHAPTER I')}"
    assert [(m.title, m.parents) for m in detect_chapters(text)] == [
        ("Chapter I", ("Book the First: Sowing",)),
        ("Chapter II", ("Book the First: Sowing",)),
        ("Chapter I", ("Book the Second: Reaping",)),
    ]


def test_volumes_hold_books_and_a_new_volume_begins_them_anew() -> None:
    text = f"VOLUME I\n\nBOOK I\n\n{novel('CHAPTER I')}\n\nBOOK II\n\n{novel('CHAPTER II')}"
    text += f"\n\nVOLUME II\n\n{novel('CHAPTER III')}"
    assert [m.parents for m in detect_chapters(text)] == [
        ("Volume I", "Book I"),
        ("Volume I", "Book II"),
        ("Volume II",),
    ]


def test_chapters_that_count_from_one_again_left_their_part() -> None:
    text = f"BOOK I\n\n{novel('CHAPTER I', 'CHAPTER II')}\n\n_REAPING_\n\n{novel('CHAPTER I')}"
    assert [m.parents for m in detect_chapters(text)] == [("Book I",), ("Book I",), ()]


def test_numerals_that_do_not_count_up_are_no_chapters() -> None:
    assert found(novel("7", "19", "3")) == []


def test_page_numbers_are_no_chapters() -> None:
    assert found(novel(*[str(n) for n in range(1, 90)])) == []


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("CHAPTER IV. MR. BOUNDERBY", "Chapter IV: Mr. Bounderby"),
        ("CHAPTER VI\nSLEARY'S HORSEMANSHIP", "Chapter VI: Sleary's Horsemanship"),
        ("I\nThe One Thing Needful", "Chapter I: The One Thing Needful"),
        ("IV", "Chapter IV"),
        ("iv.", "Chapter IV"),
        ("12: The Keynote", "Chapter 12: The Keynote"),
        ("HENRY VIII AND THE RABBIT-HOLE", "Henry VIII and the Rabbit-Hole"),
        ("BOOK THE FIRST", "Book the First"),
        ("I Capture the Castle", "I Capture the Castle"),
        ("1984", "1984"),
        ("Another Thing Needful", "Another Thing Needful"),
        ("", ""),
    ],
)  # fmt: skip
def test_titles_are_written_as_a_reader_would_cite_them(heading: str, title: str) -> None:
    assert cited(heading) == title


def test_a_bare_numeral_in_front_matter_is_no_chapter() -> None:
    assert cited("IV", in_body=False) == "IV"
