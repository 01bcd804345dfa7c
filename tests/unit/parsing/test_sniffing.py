from __future__ import annotations

import pytest

from adapters.outbound.parsing.sniffing import Format, sniff
from domain.errors import EmptyBook, UnsupportedFile
from tests.unit.parsing.books import LIMITS, PROSE
from tests.unit.parsing.epub_writer import Epub, page
from tests.unit.parsing.pdf_writer import Line, write_pdf

EPUB = Epub(pages={"a.xhtml": page("<p>Words.</p>")}).write()
PDF = write_pdf([[Line(72, 700, PROSE)]])


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (EPUB, "book.epub", Format.EPUB),
        (EPUB, "book.txt", Format.EPUB),
        (PDF, "book.epub", Format.PDF),
        (b"\n\n" + PDF, "", Format.PDF),
        (b"<!DOCTYPE html><p>x", "book.epub", Format.HTML),
        ("<html><p>x".encode("utf-16"), "", Format.HTML),
        (b"<p>One.</p><p>Two.</p>", "book.htm", Format.HTML),
        (b"Use <b>bold</b>, he said.", "book.txt", Format.PLAIN_TEXT),
        (b"# One\n\nx\n\n# Two\n", "book.txt", Format.MARKDOWN),
        (b"Just words.", "book.md", Format.MARKDOWN),
        (b"Just words.", "book.pdf", Format.PLAIN_TEXT),
        (b"W", "", Format.PLAIN_TEXT),
        ("Wörter".encode("utf-16-le"), "", Format.PLAIN_TEXT),
    ],
)
def test_the_content_decides(data: bytes, name: str, expected: Format) -> None:
    assert sniff(data, name, "", LIMITS) is expected


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"MZ\x90\0\x03", "program"),
        (b"\x7fELF\x02", "program"),
        (b"{\\rtf1 x}", "DOCX"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\0" * 60 + b"BOOKMOBI" + b"\0" * 50, "EPUB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "DOCX"),
        (b"<?xml version='1.0'?><FictionBook xmlns='x'/>", "EPUB"),
        (bytes(range(256)) * 40, "no text"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 400, "no text"),
    ],
)
def test_what_is_no_book_is_told_with_what_to_do(data: bytes, told: str) -> None:
    with pytest.raises(UnsupportedFile, match=told) as caught:
        sniff(data, "book.epub", "application/epub+zip", LIMITS)
    assert "EPUB, PDF, DOCX" in caught.value.message


@pytest.mark.parametrize("data", [b"", b"  \n", b"PK\x05\x06" + b"\0" * 18])
def test_an_empty_file_is_told(data: bytes) -> None:
    with pytest.raises(EmptyBook):
        sniff(data, "book.epub", "", LIMITS)
