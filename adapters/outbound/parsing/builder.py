"""From blocks, or from a plain text, to a parsed book: the one way for all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from adapters.outbound.parsing.blocks import MAX_CHAPTERS, Block, Entry, JoinedBlocks, Mark
from adapters.outbound.parsing.chapters import detect_chapters
from adapters.outbound.parsing.gutenberg import book_range
from adapters.outbound.parsing.language import settle_language
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.matter import kinds_of
from adapters.outbound.parsing.outline import entries_from_headings, marks_from_entries
from domain.book import BookMetadata, Chapter, ChapterKind, ParsedBook, SourceAnchor
from domain.cfi import TextPlace
from domain.errors import EmptyBook
from domain.span import Span

# Longer than this, what stands before the first heading is the story itself.
_LONGEST_FRONT = 20_000
_LONGEST_TITLE_PAGE = 3_000


def build_from_blocks(
    blocks: Sequence[Block],
    metadata: BookMetadata,
    limits: ParsingLimits,
    *,
    contents: Sequence[Entry] = (),
    warnings: Sequence[str] = (),
) -> ParsedBook:
    """A book of paragraphs, parted by blank lines, with an anchor for each.

    Chapters come from its table of `contents`, else from its headings, else from what its lines
    look like. Raises EmptyBook, FileTooLarge.
    """
    limits.check_text_length(sum(len(b.text) for b in blocks))
    kept = book_range(blocks)
    blocks = blocks[kept.start : kept.stop]
    contents = _within(contents, kept)
    joined = JoinedBlocks.of(list(blocks))
    anchors = tuple(
        anchor
        for start, block in zip(joined.starts, joined.blocks, strict=True)
        for anchor in _anchors(start, block)
    )
    return _book(joined.text, _marks(joined, contents), metadata, limits, anchors, warnings)


def _anchors(start: int, block: Block) -> Iterator[SourceAnchor]:
    for run in block.runs:
        node = run.node
        path = f"{block.item_cfi}{node.path}"
        place = TextPlace(path, node.unit, run.length, run.width, 2 * node.number - 1)
        yield SourceAnchor(start + run.offset, block.item, block.item_index, str(place))
    if block.path and not block.runs:
        yield SourceAnchor(start, block.item, block.item_index, block.path)


def build_from_text(text: str, metadata: BookMetadata, limits: ParsingLimits) -> ParsedBook:
    """A book whose text stands already as it shall be. Raises EmptyBook, FileTooLarge."""
    return _book(text, detect_chapters(text), metadata, limits, (), ())


def _within(entries: Sequence[Entry], kept: range) -> list[Entry]:
    """The entries of the blocks that are kept, told by their new indices."""
    within: list[Entry] = []
    for entry in entries:
        children = _within(entry.children, kept)
        if entry.block in kept:
            within.append(Entry(entry.title, entry.block - kept.start, children, entry.types))
        else:
            within += children
    return within


def _marks(joined: JoinedBlocks, contents: Sequence[Entry]) -> list[Mark]:
    """The best knowledge of chapters there is: the first source that names more than one."""
    sources: tuple[Callable[[], list[Mark]], ...] = (
        lambda: marks_from_entries(contents, joined),
        lambda: marks_from_entries(entries_from_headings(joined.blocks), joined),
        lambda: detect_chapters(joined.text),
    )
    best: list[Mark] = []
    for read in sources:
        marks = read()
        if len(marks) > MAX_CHAPTERS:
            continue
        if kinds_of(marks).count(ChapterKind.BODY) > 1:
            return marks
        best = best or marks
    return best


def _book(
    text: str,
    marks: Sequence[Mark],
    metadata: BookMetadata,
    limits: ParsingLimits,
    anchors: tuple[SourceAnchor, ...],
    warnings: Sequence[str],
) -> ParsedBook:
    limits.check_text_length(len(text))
    if not any(map(str.isalnum, text)):
        raise EmptyBook("The file holds no text. If its pages are pictures, run OCR on them first.")
    chapters = tile(text, marks, metadata.title)
    body = "".join(c.span.of(text) for c in chapters if c.kind is ChapterKind.BODY)
    return ParsedBook(
        text=text,
        chapters=chapters,
        metadata=settle_language(metadata, body),
        anchors=anchors,
        warnings=tuple(warnings),
    )


def tile(text: str, marks: Sequence[Mark], book_title: str) -> tuple[Chapter, ...]:
    """Chapters that cover the text from its first code point to its last.

    What stands before the first mark is front matter. A text without marks is one chapter with
    the book's title.
    """
    marks = _with_leading(text, marks, book_title)
    ends = [*(mark.start for mark in marks[1:]), len(text)]
    chapters = []
    number = 0
    for index, (mark, end, kind) in enumerate(zip(marks, ends, kinds_of(marks), strict=True)):
        number += kind is ChapterKind.BODY
        chapters.append(
            Chapter(
                index=index,
                title=mark.title,
                span=Span(mark.start, end),
                kind=kind,
                number=number if kind is ChapterKind.BODY else None,
                heading=mark.heading,
                parents=mark.parents,
            )
        )
    return tuple(chapters)


def _with_leading(text: str, marks: Sequence[Mark], book_title: str) -> list[Mark]:
    if not marks:
        return [Mark(0, book_title)]
    first = marks[0]
    if not text[: first.start].strip():
        end = marks[1].start if len(marks) > 1 else len(text)
        is_title_page = _letters(first.title) == _letters(book_title) and end <= _LONGEST_TITLE_PAGE
        types = first.types | {"frontmatter"} if is_title_page and len(marks) > 1 else first.types
        return [replace(first, start=0, types=types), *marks[1:]]
    is_front = first.start <= min(_LONGEST_FRONT, len(text) // 4)
    leading = Mark(0, "Front matter") if is_front else Mark(0, book_title)
    return [leading, *marks]


def _letters(title: str) -> str:
    return "".join(filter(str.isalnum, title.casefold()))
