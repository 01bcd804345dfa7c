"""From a table of contents, or from nested headings, to the beginnings of chapters."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.outbound.parsing.blocks import Block, Entry, JoinedBlocks, Mark
from adapters.outbound.parsing.matter import is_matter
from adapters.outbound.parsing.titles import cited, is_numeral, read_numbered, read_numeral
from domain.span import Span

# A part may have a motto before its first chapter; with more than this it is read for itself.
_MOTTO = 600
_HEADING_BLOCKS = 3


def entries_from_headings(blocks: Sequence[Block]) -> list[Entry]:
    """Headings nested by their levels."""
    roots: list[Entry] = []
    open_entries: list[tuple[int, Entry]] = []
    for index, block in enumerate(blocks):
        if not block.level or _is_subtitle(index, blocks):
            continue
        entry = Entry(block.text, index, types=block.types)
        while open_entries and open_entries[-1][0] >= block.level:
            open_entries.pop()
        (open_entries[-1][1].children if open_entries else roots).append(entry)
        open_entries.append((block.level, entry))
    return roots


def _is_subtitle(index: int, blocks: Sequence[Block]) -> bool:
    """Whether this heading gives the name of the chapter whose number stands right before it."""
    before = blocks[index - 1] if index else None
    return bool(
        before
        and before.level
        and _is_bare_number(before.text)
        and not read_numbered(blocks[index].text)
        and not read_numeral(blocks[index].text)
    )


def marks_from_entries(entries: Sequence[Entry], joined: JoinedBlocks) -> list[Mark]:
    """The chapters that the entries name, in reading order.

    Parts become the `parents` of their chapters; sections of a chapter are no chapters.
    """
    entries = _nested(_without_book_title(list(entries), joined))
    leaves = _Flattening(joined)
    leaves.visit(entries, ())
    return leaves.marks()


def _without_book_title(entries: list[Entry], joined: JoinedBlocks) -> list[Entry]:
    """Chapters are often listed under one entry that bears the book's title."""
    while (
        len(entries) == 1
        and len(entries[0].children) > 1
        and not _is_chapter(entries[0])
        and _own_words(entries[0], joined) <= _MOTTO
    ):
        entries = entries[0].children
    return entries


def _nested(entries: list[Entry]) -> list[Entry]:
    """Puts chapters under the part that precedes them, where the list is flat."""
    nested: list[Entry] = []
    part: Entry | None = None
    for entry in entries:
        if _is_part(entry):
            part = None if entry.children else entry
            nested.append(entry)
        elif part is None or _is_outside_parts(entry):
            part = None
            nested.append(entry)
        else:
            part.children.append(entry)
    return nested


def _is_outside_parts(entry: Entry) -> bool:
    title = entry.title.casefold()
    return title.startswith(("epilogue", "conclusion", "postscript")) or is_matter(
        title, entry.types
    )


def _is_part(entry: Entry) -> bool:
    numbered = read_numbered(entry.title)
    if numbered is not None:
        return numbered.is_part
    return bool(entry.types & {"part", "volume"}) and "chapter" not in entry.types


def _is_chapter(entry: Entry) -> bool:
    if numbered := read_numbered(entry.title):
        return not numbered.is_part
    return "chapter" in entry.types or is_numeral(entry.title)


def _is_bare_number(title: str) -> bool:
    numbered = read_numbered(title) or read_numeral(title)
    return numbered is not None and not numbered.rest


def _own_words(entry: Entry, joined: JoinedBlocks) -> int:
    """Length of the text between a part's beginning and its first chapter."""
    return joined.words_between(entry.block, entry.children[0].block)


class _Flattening:
    """Walks entries in order and keeps the leaves, each with its first block and its parents."""

    def __init__(self, joined: JoinedBlocks) -> None:
        self._joined = joined
        self._leaves: list[tuple[int, Entry, tuple[str, ...]]] = []
        self._waiting: int | None = None  # first block of parts that wait for their first chapter

    def visit(self, entries: Sequence[Entry], parents: tuple[str, ...]) -> None:
        for entry in entries:
            if not entry.children or _is_chapter(entry):
                self._keep(entry, parents)
                continue
            words = _own_words(entry, self._joined)
            if words > _MOTTO:
                self._keep(entry, parents)
                if not _is_part(entry):
                    continue  # a chapter with sections
            elif self._waiting is None:
                self._waiting = entry.block
            self.visit(entry.children, (*parents, cited(entry.title, in_body=False)))

    def _keep(self, entry: Entry, parents: tuple[str, ...]) -> None:
        first = entry.block if self._waiting is None else min(self._waiting, entry.block)
        self._waiting = None
        self._leaves.append((first, entry, parents))

    def marks(self) -> list[Mark]:
        self._leaves.sort(key=lambda leaf: leaf[0])
        marks: list[Mark] = []
        first_of_next: int | None = None
        for place, (first, entry, parents) in enumerate(self._leaves):
            end = self._end(place)
            first = first if first_of_next is None else first_of_next
            first_of_next = None
            if end <= entry.block or (
                place + 1 < len(self._leaves) and not self._joined.words_between(entry.block, end)
            ):
                # Nothing but a heading: a half-title, which belongs to what follows.
                first_of_next = first
                continue
            marks.append(self._mark(first, entry, parents, end))
        return marks

    def _end(self, place: int) -> int:
        following = place + 1
        if following < len(self._leaves):
            return self._leaves[following][0]
        return len(self._joined.blocks)

    def _mark(self, first: int, entry: Entry, parents: tuple[str, ...], end: int) -> Mark:
        last = _heading_end(entry, self._joined.blocks, end)
        heading = self._joined.span(entry.block, last) if last is not None else None
        return Mark(
            start=self._joined.starts[first],
            title=_title(entry, heading, self._joined.text),
            heading=heading,
            parents=parents,
            types=entry.types,
        )


def _heading_end(entry: Entry, blocks: Sequence[Block], end: int) -> int | None:
    """The last of the blocks that say the chapter's title; None if the text does not say it."""
    unsaid = _letters(entry.title)
    last: int | None = None
    for index in range(entry.block, min(entry.block + _HEADING_BLOCKS, end)):
        block = blocks[index]
        said = _letters(block.text)
        is_name = last is not None and block.level and _is_bare_number(blocks[last].text)
        is_first_heading = last is None and block.level
        if not (is_name or is_first_heading or (said and unsaid.startswith(said))):
            break
        unsaid = unsaid.removeprefix(said)
        last = index
    return last


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _title(entry: Entry, heading: Span | None, text: str) -> str:
    in_body = not entry.types & {"frontmatter", "backmatter"}
    listed = cited(entry.title, in_body=in_body)
    found = cited(heading.of(text), in_body=in_body) if heading else listed
    # A list that gives the bare number leaves the chapter's name to its heading.
    return found if found.startswith(listed) and _is_bare_number(entry.title) else listed
