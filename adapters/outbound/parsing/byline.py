"""Title and author, where a text names them in its first lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from adapters.outbound.parsing.blocks import Block
from adapters.outbound.parsing.characters import collapse
from adapters.outbound.parsing.titles import read_numbered, read_numeral, unshouted, without_marks
from domain.book import BookMetadata

_FIELD = re.compile(r"^[ \t]*(Title|Author|Language)[ \t]*:[ \t]*(\S.*(?:\n[ \t]{4,}\S.*)*)", re.M)
_BY = re.compile(r"(?:written )?by(?:\s+|$)(.*)", re.IGNORECASE | re.DOTALL)
_LONGEST = 160  # code points of a title or a name
_HEAD = 20  # blocks among which the title's heading stands
_LANGUAGES = {
    "english": "en", "french": "fr", "german": "de", "spanish": "es", "italian": "it",
    "portuguese": "pt", "dutch": "nl", "finnish": "fi", "swedish": "sv", "danish": "da",
    "norwegian": "no", "latin": "la", "polish": "pl", "russian": "ru", "urdu": "ur",
}  # fmt: skip


def read_fields(header: str) -> BookMetadata:
    """From lines such as "Title: Hard Times"; empty where there are none."""
    fields: dict[str, str] = {}
    for match in _FIELD.finditer(header):
        fields.setdefault(match[1], collapse(match[2]))
    return BookMetadata(
        title=fields.get("Title", ""),
        author=fields.get("Author", ""),
        language=_LANGUAGES.get(fields.get("Language", "").casefold(), ""),
    )


def read_byline(paragraph: str, following: str = "") -> str:
    """The author that a paragraph "by the author" names; the name may stand in the next one."""
    match = _BY.fullmatch(without_marks(paragraph))
    if match is None or len(paragraph) > _LONGEST:
        return ""
    name = without_marks(collapse(match[1])) or without_marks(collapse(following))
    return unshouted(name.rstrip(".,")) if len(name) <= _LONGEST else ""


def read_title_page(paragraphs: Sequence[str]) -> BookMetadata:
    """Title and author of a text that begins with them; empty if its first lines do not look so."""
    if not paragraphs or not _can_be_title(paragraphs[0]):
        return BookMetadata()
    title = unshouted(without_marks(collapse(paragraphs[0])))
    for place, paragraph in enumerate(paragraphs[1:3], 1):
        author = read_byline(
            paragraph, paragraphs[place + 1] if place + 1 < len(paragraphs) else ""
        )
        if author:
            return BookMetadata(title=title, author=author)
    # A lone line before the first chapter is the title; among more lines nothing is sure.
    return BookMetadata(title=title) if len(paragraphs) == 1 else BookMetadata()


def _can_be_title(paragraph: str) -> bool:
    if len(paragraph) > _LONGEST or read_numbered(paragraph):
        return False
    numeral = read_numeral(paragraph)
    return numeral is None or bool(numeral.rest)


def completed(metadata: BookMetadata, blocks: Sequence[Block]) -> BookMetadata:
    """Metadata whose title and author, where the file does not tell them, come from its head.

    A lone heading above all others, at the beginning, is the title; "by ..." below it the author.
    """
    levels = [b.level for b in blocks if b.level]
    first = next((i for i, b in enumerate(blocks[:_HEAD]) if b.level), None)
    if first is None or levels.count(levels[0]) > 1 or min(levels) < levels[0]:
        return metadata
    heading = blocks[first].text
    if not _can_be_title(heading):
        return metadata
    following = [b.text for b in blocks[first + 1 : first + 3]]
    author = read_byline(*following) if following else ""
    return replace(
        metadata,
        title=metadata.title or unshouted(without_marks(collapse(heading))),
        author=metadata.author or author,
    )
