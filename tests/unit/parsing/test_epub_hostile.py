"""EPUBs that are broken, locked, or made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from adapters.outbound.parsing.limits import ParsingLimits
from domain.errors import (
    BrokenFile,
    EmptyBook,
    EncryptedFile,
    FalsafaError,
    FileTooLarge,
    UnsupportedFile,
)
from tests.unit.parsing.books import parse
from tests.unit.parsing.epub_writer import CONTAINER, Epub, page

PAGES = {"a.xhtml": page("<p>Some words.</p>")}


def test_a_missing_container_is_told() -> None:
    with pytest.raises(BrokenFile, match=r"container\.xml"):
        parse(Epub(pages=PAGES, without=["META-INF/container.xml"]).write())


def test_a_missing_spine_item_is_told() -> None:
    with pytest.raises(BrokenFile, match=r"a\.xhtml"):
        parse(Epub(pages=PAGES, without=["OEBPS/text/a.xhtml"]).write())


def test_a_package_that_names_itself_as_its_page_is_refused() -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="x" href="book.opf" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="x"/><itemref idref="x"/></spine></package>'
    )
    with pytest.raises(BrokenFile, match="no page"):
        parse(Epub(pages=PAGES, extra={"OEBPS/book.opf": package}).write())


def test_a_container_that_points_at_itself_is_refused() -> None:
    container = CONTAINER.replace("OEBPS/book.opf", "META-INF/container.xml")
    with pytest.raises(BrokenFile):
        parse(Epub(pages=PAGES, extra={"META-INF/container.xml": container}).write())


def test_of_two_packages_the_first_is_the_default_rendition() -> None:
    two = CONTAINER.replace("</rootfiles>", '<rootfile full-path="OEBPS/none.opf"/></rootfiles>')
    book = parse(Epub(pages=PAGES, extra={"META-INF/container.xml": two}).write())
    assert book.text == "Some words."


def encryption(algorithm: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
        'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        f'<enc:EncryptionMethod Algorithm="{algorithm}"/></enc:EncryptedData></encryption>'
    )


def test_copy_protection_is_told() -> None:
    locked = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(EncryptedFile, match="DRM"):
        parse(Epub(pages=PAGES, extra={"META-INF/encryption.xml": locked}).write())


def test_obfuscated_fonts_lock_no_text() -> None:
    fonts = encryption("http://www.idpf.org/2008/embedding")
    book = parse(Epub(pages=PAGES, extra={"META-INF/encryption.xml": fonts}).write())
    assert book.text == "Some words."


def test_pictures_alone_are_an_empty_book() -> None:
    with pytest.raises(EmptyBook, match="no text"):
        parse(Epub(pages={"a.xhtml": page('<img src="x.png" alt="words"/>')}).write())


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE html [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
        '<!DOCTYPE html [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
        '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY x "' + "&a;" * 10_000 + '">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_wherever_they_stand(prolog: str, encoding: str) -> None:
    hostile = (prolog + "<html><body><p>&x;</p></body></html>").encode(encoding)
    with pytest.raises(FalsafaError):
        parse(Epub(pages=PAGES, extra={"OEBPS/text/a.xhtml": hostile}).write())
    package = (prolog + "<package><metadata>&x;</metadata></package>").encode(encoding)
    with pytest.raises(FalsafaError):
        parse(Epub(pages=PAGES, extra={"OEBPS/book.opf": package}).write())


def test_an_external_dtd_is_not_asked_for() -> None:
    dtd = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://127.0.0.1:9/x.dtd">'
    pages = {"a.xhtml": dtd + "<html><body><p>Some&nbsp;words.</p></body></html>"}
    assert parse(Epub(pages=pages).write()).text == "Some words."


def test_paths_that_lead_out_are_names_and_nothing_else(tmp_path: Path) -> None:
    evil = {
        "../../evil.xhtml": "x",
        "/etc/evil": "x",
        "OEBPS/text/../../../evil": "x",
        "OEBPS/nul\0.xhtml": "x",
    }
    before = sorted(tmp_path.parent.iterdir())
    book = parse(Epub(pages=PAGES, extra=evil).write())
    assert book.text == "Some words."
    assert sorted(tmp_path.parent.iterdir()) == before
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="x" href="../../../../etc/passwd" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="x"/></spine></package>'
    )
    with pytest.raises(BrokenFile):
        parse(Epub(pages=PAGES, extra={"OEBPS/book.opf": package}).write())


def test_a_bomb_is_refused_by_its_declared_size() -> None:
    bomb = Epub(pages=PAGES, extra={"OEBPS/big.bin": b"\0" * 30_000_000}).write()
    assert len(bomb) < 100_000
    with pytest.raises(FileTooLarge):
        parse(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(Epub(pages={"a.xhtml": page("<p>" + "a " * 500_000 + "</p>")}).write())
    central = data.index(b"PK\x01\x02", data.index(b"a.xhtml"))
    while b"a.xhtml" not in data[central : central + 80]:
        central = data.index(b"PK\x01\x02", central + 1)
    data[central + 24 : central + 28] = struct.pack("<I", 100)  # uncompressed size
    with pytest.raises(BrokenFile):
        parse(bytes(data))


def test_overlapping_entries_are_refused() -> None:
    data = bytearray(Epub(pages={**PAGES, "b.xhtml": page("<p>More.</p>")}).write())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 1)
    third = data.index(b"PK\x01\x02", second + 1)
    data[third + 42 : third + 46] = data[second + 42 : second + 46]  # the same local header
    with pytest.raises(BrokenFile, match="overlap"):
        parse(bytes(data))


def test_too_many_entries_are_refused_before_they_are_listed() -> None:
    limits = ParsingLimits(max_archive_entries=50)
    many = {f"OEBPS/{n}": "" for n in range(60)}
    with pytest.raises(FileTooLarge, match="entries"):
        parse(Epub(pages=PAGES, extra=many).write(), limits=limits)


def test_more_than_the_allowed_total_is_refused() -> None:
    limits = ParsingLimits(max_expanded_bytes=2_000)
    with pytest.raises(FileTooLarge):
        parse(Epub(pages={"a.xhtml": page("<p>" + "word " * 999 + "</p>")}).write(), limits=limits)


def test_too_much_text_is_refused() -> None:
    limits = ParsingLimits(max_text_chars=1_000)
    with pytest.raises(FileTooLarge, match="1,000"):
        parse(Epub(pages={"a.xhtml": page("<p>" + "word " * 999 + "</p>")}).write(), limits=limits)


def test_too_many_elements_are_refused() -> None:
    limits = ParsingLimits(max_elements=1_000)
    with pytest.raises(FileTooLarge, match="elements"):
        parse(
            Epub(pages={"a.xhtml": page("<p>" + "<b/>" * 3_000 + "x</p>")}).write(), limits=limits
        )


@pytest.mark.parametrize("depth", [300, 50_000])
def test_endless_nesting_is_refused(depth: int) -> None:
    deep = page("<div>" * depth + "x" + "</div>" * depth)
    with pytest.raises(FalsafaError):
        parse(Epub(pages={"a.xhtml": deep}).write())


def test_a_password_is_told() -> None:
    data = bytearray(Epub(pages=PAGES).write())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(signature, place + 4)
    with pytest.raises(EncryptedFile, match="password"):
        parse(bytes(data))


def test_an_archive_without_a_book_is_unsupported() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        out.writestr("readme.txt", "hello")
    with pytest.raises(UnsupportedFile, match="archive"):
        parse(buffer.getvalue())


def test_other_ways_of_packing_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as out:
        out.writestr("META-INF/container.xml", CONTAINER)
    with pytest.raises(BrokenFile, match="packed"):
        parse(buffer.getvalue())
