from __future__ import annotations

import io
import zipfile

import docx
import pytest

from domain.book import ChapterKind
from domain.errors import BrokenFile, EmptyBook, EncryptedFile, FileTooLarge
from tests.unit.parsing.books import PROSE, assert_sound, parse, text_of, titles


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def novel() -> docx.document.Document:
    document = docx.Document()
    document.add_heading("Hard Weather", 0)
    document.add_paragraph("by Ann Orde")
    for title in ("Chapter 1: The Rain", "Chapter 2: The Clock"):
        document.add_heading(title, 1)
        document.add_paragraph(PROSE)
        document.add_paragraph(f"The end of {title}.")
    return document


def with_document(data: bytes, old: str, new: str) -> bytes:
    """The same file with another text of its main part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(name, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def test_chapters_by_heading_styles() -> None:
    book = parse(saved(novel()), "novel.docx")
    assert_sound(book)
    assert (book.metadata.title, book.metadata.author) == ("Hard Weather", "Ann Orde")
    assert titles(book, ChapterKind.FRONT) == ["Front matter"]
    assert titles(book) == ["Chapter 1: The Rain", "Chapter 2: The Clock"]
    assert "The end of Chapter 1: The Rain." in text_of(book, book.chapters[1])


def test_what_the_file_says_of_itself_goes_first() -> None:
    document = novel()
    document.core_properties.title = "Harder Weather"
    document.core_properties.author = "Bea Orde"
    book = parse(saved(document), "novel.docx")
    assert (book.metadata.title, book.metadata.author) == ("Harder Weather", "Bea Orde")


def test_runs_join_and_breaks_part() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("The ra")
    paragraph.add_run("in").bold = True
    paragraph.add_run(" fell")
    paragraph.add_run().add_break()
    paragraph.add_run("hard.\tVery")
    paragraph.add_run("hidden").font.hidden = True
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "a", "b"
    document.add_paragraph("After.")
    assert parse(saved(document), "x.docx").text == "The rain fell\nhard. Very\n\na b\n\nAfter."


def test_revisions_are_read_as_accepted() -> None:
    document = docx.Document()
    document.add_paragraph("KEPT")
    run = "<w:r><w:t>KEPT</w:t></w:r>"
    changed = (
        '<w:del><w:r><w:delText xml:space="preserve">old </w:delText></w:r></w:del>'
        '<w:ins><w:r><w:t xml:space="preserve">new </w:t></w:r></w:ins>' + run
    )
    assert parse(with_document(saved(document), run, changed), "x.docx").text == "new KEPT"


def test_a_document_without_text_is_empty() -> None:
    with pytest.raises(EmptyBook):
        parse(saved(docx.Document()), "x.docx")


def test_entities_are_refused() -> None:
    data = with_document(
        saved(novel()), "<w:document", '<!DOCTYPE x [<!ENTITY a "ha">]><w:document'
    )
    with pytest.raises(BrokenFile, match="entities"):
        parse(data, "x.docx")


def test_a_bomb_is_refused() -> None:
    data = io.BytesIO(saved(novel()))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/big.png", b"\0" * 20_000_000)
    with pytest.raises(FileTooLarge):
        parse(data.getvalue(), "x.docx")


def test_a_document_without_its_parts_is_told() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    with pytest.raises(BrokenFile):
        parse(buffer.getvalue(), "x.docx")


def test_a_locked_document_is_told() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(EncryptedFile, match="password"):
        parse(ole, "x.docx")
