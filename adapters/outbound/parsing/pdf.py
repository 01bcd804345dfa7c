"""PDF with a text layer: paragraphs from the setting of its lines, chapters from its outline."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import pypdfium2 as pdfium

from adapters.outbound.parsing.blocks import Block, Entry
from adapters.outbound.parsing.builder import build_from_blocks
from adapters.outbound.parsing.characters import clean, collapse
from adapters.outbound.parsing.limits import Deadline, ParsingLimits
from adapters.outbound.parsing.pdf_lines import PageLine, read_lines, without_furniture
from adapters.outbound.parsing.pdf_paragraphs import (
    LARGE,
    body_size,
    join_lines,
    read_paragraphs,
    words_of,
)
from domain.book import BookMetadata, ParsedBook
from domain.errors import BrokenFile, EmptyBook, EncryptedFile, FileTooLarge

_PDFIUM = threading.Lock()  # the library knows no threads
_LONGEST_HEADING = 200
_LONGEST_FIELD = 300
_LETTERS_OF_A_SCAN = 8  # on a page: a stamp, a library's mark
_MAX_BOOKMARKS = 20_000
# What programs write into the title when nobody has given one.
_NO_TITLE = re.compile(r".*\.(docx?|indd|pdf|tex|qxd|rtf|txt)|microsoft word.*|untitled.*", re.I)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block, and where on the paper it begins."""

    block: Block
    page: int
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class _Bookmark:
    title: str
    level: int
    page: int
    top: float | None  # None: it leads to the page as a whole


def parse_pdf(data: bytes, limits: ParsingLimits) -> ParsedBook:
    """Raises BrokenFile, EncryptedFile, EmptyBook, FileTooLarge, WorkerCrashed."""
    with _PDFIUM, closing(_opened(data)) as document:
        if len(document) > limits.max_pages:
            raise FileTooLarge(f"The PDF has more than {limits.max_pages:,} pages.")
        try:
            pages = list(_pages(document, limits))
            bookmarks = list(_bookmarks(document))
            info = document.get_metadata_dict()
        except pdfium.PdfiumError as error:
            raise BrokenFile("The PDF is damaged; get it again.") from error
    _refuse_scan(pages)
    placed = _placed(pages)
    blocks = [p.block for p in placed]
    contents = _entries(bookmarks, placed)
    return build_from_blocks(blocks, _metadata(info), limits, contents=contents)


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise EncryptedFile("The PDF is locked with a password; give one without.") from error
        raise BrokenFile("The PDF is damaged or cut off; get it again.") from error


def _pages(document: pdfium.PdfDocument, limits: ParsingLimits) -> Iterator[list[PageLine]]:
    deadline = Deadline(limits.seconds)
    length = 0
    for number in range(len(document)):
        deadline.check()
        with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
            length += text_page.count_chars()
            limits.check_text_length(length)
            yield read_lines(text_page, number)


def _bookmarks(document: pdfium.PdfDocument) -> Iterator[_Bookmark]:
    for count, item in enumerate(document.get_toc()):
        if count >= _MAX_BOOKMARKS:
            return
        target = item.get_dest()
        page = target.get_index() if target else None
        title = collapse(clean(item.get_title()))[:_LONGEST_FIELD]
        if target is not None and page is not None and title:
            mode, view = target.get_view()
            top = view[1] if mode == pdfium.raw.PDFDEST_VIEW_XYZ and len(view) > 1 else None
            yield _Bookmark(title, item.level, page, top)


def _refuse_scan(pages: Sequence[Sequence[PageLine]]) -> None:
    letters = sum(sum(map(str.isalpha, line.text)) for lines in pages for line in lines)
    if letters < max(1, _LETTERS_OF_A_SCAN * (len(pages) - 1)):
        raise EmptyBook(
            "The PDF has no text layer: its pages are pictures. Run OCR on it, then try again."
        )


def _placed(pages: Sequence[Sequence[PageLine]]) -> list[_Placed]:
    kept = without_furniture(pages)
    size = body_size(kept)
    words = words_of(kept)
    placed = []
    for paragraph in read_paragraphs(kept, size):
        text = clean(join_lines(paragraph, words)).strip()
        if text:
            first = paragraph.lines[0]
            block = Block(text, item_index=first.page, path=f"/page[{first.page + 1}]")
            placed.append(_Placed(block, first.page, first.bottom + first.size, first.size))
    return _with_levels(placed, size)


def _with_levels(placed: list[_Placed], size: float) -> list[_Placed]:
    """Headings are short and in larger type than the body; the larger the type, the higher."""
    sizes = {round(p.size) for p in placed if _is_heading(p, size)}
    levels = {s: min(n, 6) for n, s in enumerate(sorted(sizes, reverse=True), 1)}
    return [
        replace(p, block=replace(p.block, level=levels[round(p.size)]))
        if _is_heading(p, size)
        else p
        for p in placed
    ]


def _is_heading(placed: _Placed, size: float) -> bool:
    return placed.size > LARGE * size and len(placed.block.text) <= _LONGEST_HEADING


def _entries(bookmarks: Sequence[_Bookmark], placed: Sequence[_Placed]) -> list[Entry]:
    roots: list[Entry] = []
    open_entries: list[tuple[int, Entry]] = []
    for bookmark in bookmarks:
        place = _find(bookmark, placed)
        if place is None:
            continue
        entry = Entry(bookmark.title, place)
        while open_entries and open_entries[-1][0] >= bookmark.level:
            open_entries.pop()
        (open_entries[-1][1].children if open_entries else roots).append(entry)
        open_entries.append((bookmark.level, entry))
    return roots


def _find(bookmark: _Bookmark, placed: Sequence[_Placed]) -> int | None:
    """The block of the bookmark's own words on its page, else the first below its target."""
    on_page = [i for i, p in enumerate(placed) if p.page == bookmark.page]
    wanted = _letters(bookmark.title)
    for place in on_page:
        said = _letters(placed[place].block.text)
        if said and (wanted.startswith(said) or said.startswith(wanted)):
            return place
    for place in on_page:
        if bookmark.top is None or placed[place].top <= bookmark.top + placed[place].size:
            return place
    return next((i for i, p in enumerate(placed) if p.page > bookmark.page), None)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _metadata(info: dict[str, str]) -> BookMetadata:
    title = collapse(clean(info.get("Title", "")))[:_LONGEST_FIELD]
    return BookMetadata(
        title="" if _NO_TITLE.fullmatch(title) else title,
        author=collapse(clean(info.get("Author", "")))[:_LONGEST_FIELD],
    )
