"""DOCX: paragraphs and tables of the document's body, chapters by heading styles."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from lxml import etree

from adapters.outbound.parsing.archive import Archive
from adapters.outbound.parsing.blocks import Block
from adapters.outbound.parsing.builder import build_from_blocks
from adapters.outbound.parsing.byline import completed
from adapters.outbound.parsing.characters import clean, collapse
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.markup import parse_xml
from domain.book import BookMetadata, ParsedBook
from domain.errors import BrokenFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Struck-out revisions, fields' instructions, and drawings told a second time.
_UNREAD = frozenset([f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}instrText", _FALLBACK])
_SIGNS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " ", f"{_W}noBreakHyphen": "-"}
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_CONTENTS = -1  # the level of a line of the table of contents
_MAX_BASES = 20  # steps from a style to those that it is based on
_LIBRARY = "python-docx"  # stands as author where a program has not put one
_LONGEST_FIELD = 300


def parse_docx(data: bytes, limits: ParsingLimits) -> ParsedBook:
    """Raises BrokenFile, EncryptedFile, EmptyBook, FileTooLarge."""
    archive = Archive(data, limits)
    for name in archive.names:
        if name.endswith((".xml", ".rels")):
            parse_xml(archive.read(name), limits, name)  # refused before python-docx sees it
    try:
        document = docx.Document(io.BytesIO(data))
        blocks = list(_blocks(document))
        metadata = _metadata(document)
    except (OpcError, KeyError, TypeError, ValueError, AttributeError, etree.LxmlError) as error:
        raise BrokenFile("The DOCX is damaged; save it again in its program.") from error
    return build_from_blocks(blocks, completed(metadata, blocks), limits)


def _blocks(document: Document) -> Iterator[Block]:
    levels = _levels(document)
    for place, (paragraph, level) in enumerate(_paragraphs(document.element.body, levels), 1):
        lines = clean("".join(_pieces(paragraph))).split("\n")
        text = "\n".join(line for line in map(collapse, lines) if line)
        if text and level != _CONTENTS:
            yield Block(text, level=level, path=f"/w:document/w:body/w:p[{place}]")


def _levels(document: Document) -> dict[str, int]:
    """The heading level of each style. The title stands above all headings."""
    styles = {s.get(f"{_W}styleId"): s for s in document.styles.element.iter(f"{_W}style")}
    return {name: _style_level(name, styles) for name in styles}


def _style_level(name: str | None, styles: Mapping[str, etree._Element]) -> int:
    for _ in range(_MAX_BASES):
        style = styles.get(name or "")
        if style is None:
            return 0
        title = _value(style.find(f"{_W}name")).lower()
        if title == "title":
            return 1
        if title.startswith("toc "):
            return _CONTENTS
        if match := _HEADING.fullmatch(title):
            return min(int(match[1]) + 1, 6)
        name = _value(style.find(f"{_W}basedOn"))
    return 0


def _value(element: etree._Element | None) -> str:
    return element.get(f"{_W}val", "") if element is not None else ""


def _paragraphs(
    parent: etree._Element, levels: Mapping[str, int]
) -> Iterator[tuple[etree._Element, int]]:
    """Paragraphs in reading order with their levels; a table's row is one, as a line of text."""
    for element in parent:
        if element.tag == f"{_W}p":
            yield element, levels.get(_value(element.find(f"{_W}pPr/{_W}pStyle")), 0)
        elif element.tag == f"{_W}tbl":
            for row in element.iterfind(f"{_W}tr"):
                cells = [list(_paragraphs(cell, levels)) for cell in row.iterfind(f"{_W}tc")]
                if all(len(cell) <= 1 for cell in cells):
                    yield row, 0
                else:
                    yield from (paragraph for cell in cells for paragraph in cell)
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo"):
            yield from _paragraphs(element, levels)


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag in _UNREAD or child.find(f"{_W}rPr/{_W}vanish") is not None:
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        else:
            yield from _pieces(child)
            if child.tag == f"{_W}tc":
                yield " "


def _metadata(document: Document) -> BookMetadata:
    properties = document.core_properties
    author = _field(properties.author)
    return BookMetadata(
        title=_field(properties.title),
        author="" if author == _LIBRARY else author,
        language=_field(properties.language),
        description=_field(properties.comments) if author != _LIBRARY else "",
    )


def _field(value: str | None) -> str:
    return collapse(clean(value or ""))[:_LONGEST_FIELD]
