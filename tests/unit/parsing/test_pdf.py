from __future__ import annotations

import zlib
from collections.abc import Sequence

import pytest

from adapters.outbound.parsing.limits import ParsingLimits
from domain.errors import BrokenFile, EmptyBook, EncryptedFile, FileTooLarge
from tests.unit.parsing.books import assert_sound, parse, text_of, titles
from tests.unit.parsing.pdf_writer import Line, OutlineItem, write_pdf

FULL = 540.0  # a word placed so that its line reaches the right margin ends about here


def set_page(lines: Sequence[str], *, number: int, top: float = 700, head: str = "") -> list[Line]:
    """Lines set one below the other; one that begins with spaces is indented by them."""
    page = [
        Line(72 + 4 * (len(text) - len(text.lstrip())), top - 14 * n, text.strip())
        for n, text in enumerate(lines)
        if text
    ]
    page.append(Line(300, 40, str(number)))
    if head:
        page.append(Line(250, 760, head))
    return page


LONG = "It was a wet evening and the house was full of people who would rather have been at home"
MORE = "and said so to each other on the stairs and in the hall and even at the table, where the"
LAST = "soup was cold."


def test_lines_become_paragraphs() -> None:
    lines = [f"   {LONG}", MORE, LAST, "   “Well,” said she.", f"   {LONG}", MORE, LAST]
    book = parse(write_pdf([set_page(lines, number=1)]))
    assert_sound(book)
    paragraph = f"{LONG} {MORE} {LAST}"
    assert book.text.removesuffix("\n\n1") == f"{paragraph}\n\n“Well,” said she.\n\n{paragraph}"


def test_paragraphs_set_apart_by_space_need_no_indent() -> None:
    lines = [LONG, MORE, LAST, "", LONG, MORE, LAST]
    book = parse(write_pdf([set_page(lines, number=1)]))
    assert book.text.removesuffix("\n\n1") == f"{LONG} {MORE} {LAST}\n\n{LONG} {MORE} {LAST}"


def test_running_heads_and_page_numbers_are_taken_out_and_pages_joined() -> None:
    pages = [
        set_page(
            [f"   {day} {LONG}", f"{day} {MORE}", LAST, f"   {LONG}", f"{MORE} {day}", day + "."],
            number=n,
            head="HARD WEATHER",
        )
        for n, day in enumerate(("Monday", "Tuesday", "Friday", "Saturday", "Sunday"), 1)
    ]
    book = parse(write_pdf(pages, title="Hard Weather", author="Ann Orde"))
    assert "HARD WEATHER" not in book.text
    assert not any(character.isdigit() for character in book.text)
    assert len(book.text.split("\n\n")) == 10
    assert (book.metadata.title, book.metadata.author) == ("Hard Weather", "Ann Orde")
    assert {a.path for a in book.anchors} == {f"/page[{n}]" for n in range(1, 6)}


def test_a_paragraph_goes_on_over_the_page() -> None:
    pages = [
        set_page([f"   {LONG}", MORE], number=1),
        set_page([MORE, LAST, f"   {LONG}", LAST], number=2),
        set_page([f"   {LONG}", LAST], number=3),
    ]
    book = parse(write_pdf(pages))
    assert book.text.split("\n\n") == [
        f"{LONG} {MORE} {MORE} {LAST}",
        f"{LONG} {LAST}",
        f"{LONG} {LAST}",
    ]


def test_hyphens_at_line_ends_are_joined_as_the_document_writes_the_word() -> None:
    lines = [
        "   A well-known remark was made by the one who sat in the corner, who was never mis-",
        "taken about anything, and it was that the weather had been un-",
        "usual, as every well-",
        "known person in the room had said, and even the Anglo-",
        "Saxon ones among them.",
    ]
    book = parse(write_pdf([set_page(lines, number=1)]))
    assert "never mistaken about" in book.text
    assert "been unusual, as every well-known person" in book.text
    assert "the Anglo-Saxon ones" in book.text


def test_the_outline_tells_chapters() -> None:
    pages = [
        set_page(["CHAPTER I", "", f"   {LONG}", MORE, LAST], number=1),
        set_page([f"   {LONG}", MORE, LAST], number=2),
        set_page([f"   {LONG}", LAST, "", "CHAPTER II", "", f"   {LONG}", LAST], number=3),
    ]
    outline = [OutlineItem("I. The Rain", 0), OutlineItem("II. The Clock", 2, 665)]
    book = parse(write_pdf(pages, outline=outline))
    assert_sound(book)
    assert titles(book) == ["Chapter I: The Rain", "Chapter II: The Clock"]
    assert text_of(book, book.chapters[1]).startswith("CHAPTER II\n\n")


def test_without_an_outline_larger_type_or_the_look_of_headings_tells() -> None:
    body = [LONG, MORE, LAST]
    large = [
        [Line(72, 720, title, 18), *set_page(body, number=n)]
        for n, title in enumerate(("The Rain", "The Clock"), 1)
    ]
    assert titles(parse(write_pdf(large))) == ["The Rain", "The Clock"]
    plain = [set_page([f"CHAPTER {n}", "", *body], number=n) for n in (1, 2)]
    assert titles(parse(write_pdf(plain))) == ["Chapter 1", "Chapter 2"]


def test_pages_that_are_pictures_are_told() -> None:
    with pytest.raises(EmptyBook, match="no text layer"):
        parse(write_pdf([[], []]))


def test_a_locked_pdf_is_told() -> None:
    encrypt = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 "
        f"/O <{'ab' * 32}> /U <{'cd' * 32}> >> /ID [<00> <00>]"
    )
    with pytest.raises(EncryptedFile, match="password"):
        parse(write_pdf([set_page([LONG], number=1)], trailer=encrypt))


def test_too_many_pages_are_refused() -> None:
    pages = [set_page([LONG], number=n) for n in range(12)]
    with pytest.raises(FileTooLarge, match="pages"):
        parse(write_pdf(pages), limits=ParsingLimits(max_pages=10))


def test_a_tree_of_pages_that_holds_itself_is_survived() -> None:
    data = write_pdf([set_page([LONG], number=1)]).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")
    with pytest.raises((BrokenFile, EmptyBook)):
        parse(data)


def test_streams_packed_in_streams_are_survived() -> None:
    bomb = b"\0" * 50_000_000
    for _ in range(3):
        bomb = zlib.compress(bomb, 9)
    data = write_pdf([set_page([LONG], number=1)], compress=True)
    start = data.index(b"stream\n") + len(b"stream\n")
    end = data.index(b"\nendstream")
    packed = data[:start] + bomb + data[end:]
    packed = packed.replace(
        b"/Filter /FlateDecode", b"/Filter [/FlateDecode /FlateDecode /FlateDecode]", 1
    )
    with pytest.raises((BrokenFile, EmptyBook)):
        parse(packed)
