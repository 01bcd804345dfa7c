"""What a file is, by its content. Its name and declared type decide only between kinds of text."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from adapters.outbound.parsing.archive import Archive
from adapters.outbound.parsing.encodings import unmarked_utf16
from adapters.outbound.parsing.limits import ParsingLimits
from domain.errors import EmptyBook, EncryptedFile, UnsupportedFile

READABLE = "EPUB, PDF, DOCX, HTML, Markdown or plain text"


class Format(StrEnum):
    EPUB = "epub"
    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN_TEXT = "plain text"


# First bytes of what is not read, and what to say of it.
_SIGNATURES = (
    (b"{\\rtf", "an RTF document; save it as DOCX"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a sound or a picture"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"%!PS", "a PostScript file; turn it into a PDF"),
    (b"AT&TFORM", "a DjVu file; turn it into a PDF with a text layer"),
    (b"SQLite format 3\0", "a database"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_HEAD = 64 * 1024
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TAG = re.compile(rb"</?(?:p|div|br|h[1-6]|span|table|section)\b[^<>]*>", re.IGNORECASE)
_FICTION_BOOK = re.compile(rb"<FictionBook\b")
_ATX_HEADING = re.compile(rb"^#{1,6}[ \t]+\S", re.MULTILINE)
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1a\x1b")
_UTF_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def sniff(data: bytes, file_name: str, media_type: str, limits: ParsingLimits) -> Format:
    """Raises UnsupportedFile, EncryptedFile, EmptyBook, BrokenFile, FileTooLarge."""
    if not data.strip():
        raise EmptyBook("The file is empty.")
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data.startswith(b"PK"):
        return _in_archive(data, limits)
    _refuse_other(data)
    suffix = PurePath(file_name).suffix.lower()
    if _is_html(data, suffix, media_type):
        return Format.HTML
    _refuse_binary(data)
    named_markdown = suffix in (".md", ".markdown") or "markdown" in media_type.lower()
    if named_markdown or len(_ATX_HEADING.findall(data)) > 1:
        return Format.MARKDOWN
    return Format.PLAIN_TEXT


def _in_archive(data: bytes, limits: ParsingLimits) -> Format:
    archive = Archive(data, limits)
    names = archive.names
    if not names:
        raise EmptyBook("The file is an empty archive.")
    if "word/document.xml" in names:
        return Format.DOCX
    mimetype = archive.read("mimetype").strip() if "mimetype" in names else b""
    if mimetype == b"application/epub+zip" or any(n.endswith((".opf", ".ncx")) for n in names):
        return Format.EPUB
    if "META-INF/container.xml" in names:
        return Format.EPUB
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        raise _unsupported("an OpenDocument file; save it as DOCX")
    if "[Content_Types].xml" in names:
        raise _unsupported("an Office file, but no text document")
    raise _unsupported("an archive without a book of its own; unpack it first")


def _refuse_other(data: bytes) -> None:
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise _unsupported(what)
    if data[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        raise _unsupported("a Kindle book; convert it to EPUB")
    if data.startswith(_OLE):
        if _LOCKED_OFFICE in data:
            raise EncryptedFile("The document is locked with a password; save it without one.")
        raise _unsupported("an old Office file; save it as DOCX")


def _is_html(data: bytes, suffix: str, media_type: str) -> bool:
    head = data[:_HEAD].replace(b"\0", b"")
    if _FICTION_BOOK.search(head[:2048]):
        raise _unsupported("a FictionBook; convert it to EPUB")
    if _HTML.search(head[:2048]) and head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return True
    named = suffix in (".html", ".htm", ".xhtml") or "html" in media_type.lower()
    return named and _TAG.search(head) is not None


def _refuse_binary(data: bytes) -> None:
    head = data[:_HEAD]
    if head.startswith(_UTF_MARKS) or unmarked_utf16(head):
        return
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > len(head) // 50:
        raise _unsupported("no text")


def _unsupported(what: str) -> UnsupportedFile:
    return UnsupportedFile(f"This file is {what}. A book is read from {READABLE}.")
