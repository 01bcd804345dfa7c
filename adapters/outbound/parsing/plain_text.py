"""Plain text: any encoding, chapters by what their headings look like.

Lines are kept as the file breaks them, for verse lives by its lines and prose loses nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from adapters.outbound.parsing.builder import build_from_text
from adapters.outbound.parsing.byline import read_fields, read_title_page
from adapters.outbound.parsing.chapters import detect_chapters
from adapters.outbound.parsing.characters import clean
from adapters.outbound.parsing.encodings import decode
from adapters.outbound.parsing.gutenberg import unwrap
from adapters.outbound.parsing.limits import ParsingLimits
from domain.book import BookMetadata, ParsedBook
from domain.errors import BrokenFile

_TITLE_PAGE = 2_000  # code points from the start where a title is looked for


def parse_plain_text(data: bytes, limits: ParsingLimits) -> ParsedBook:
    """Raises EmptyBook, FileTooLarge."""
    unwrapped = unwrap(clean(decode(data)))
    text = _without_blank_lines(unwrapped.text)
    return build_from_text(text, _metadata(text, unwrapped.header), limits)


def parse_raw_text(path: Path, limits: ParsingLimits) -> ParsedBook:
    """A UTF-8 file exactly as it is: nothing cut, no line end changed, offsets the file's own.

    Raises BrokenFile if it is no UTF-8, EmptyBook, FileTooLarge.
    """
    limits.check_file_size(path.stat().st_size)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise BrokenFile("A raw text must be UTF-8; convert it first.") from error
    return build_from_text(text, BookMetadata(), limits)


def _without_blank_lines(text: str) -> str:
    """Without those before and after the words; the indent of the first line stays."""
    begun = text.lstrip()
    indent = text[: len(text) - len(begun)].rpartition("\n")[2]
    return indent + begun.rstrip()


def _metadata(text: str, header: str) -> BookMetadata:
    found = read_fields(header or text[:_TITLE_PAGE])
    if found.title:
        return found
    marks = detect_chapters(text)
    front = text[: min(marks[0].start if marks else len(text), _TITLE_PAGE)]
    if not marks and len(text) > _TITLE_PAGE:
        front = front.rpartition("\n\n")[0]
    paragraphs = [p for p in front.split("\n\n") if p.strip()]
    page = read_title_page(paragraphs)
    return replace(found, title=page.title, author=found.author or page.author)
