"""What every reader of a format hands on: blocks of text, and entries of a table of contents."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

from adapters.outbound.parsing.tracing import TracedRun
from domain.span import Span

MAX_CHAPTERS = 10_000  # more headings than any book has: what looks like them is something else
PARAGRAPH_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, verse or table row. Its text is clean and not empty."""

    text: str
    level: int = 0  # of a heading, 1 to 6; 0: no heading
    item: str = ""  # path of the spine item, for a format that has such
    item_index: int = 0
    item_cfi: str = ""  # steps of an EPUB CFI that lead to the item: "/6/14!"
    path: str = ""  # element path inside the item
    types: frozenset[str] = frozenset()  # structural semantics around it: "chapter", "backmatter"
    runs: tuple[TracedRun, ...] = ()  # where in the item its text stands, for an EPUB


@dataclass(slots=True)
class Entry:
    """A line of a table of contents, or a heading with what lies under it."""

    title: str
    block: int  # index of the block where it begins
    children: list[Entry] = field(default_factory=list)
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    """The beginning of a chapter in the canonical text."""

    start: int
    title: str
    heading: Span | None = None
    parents: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JoinedBlocks:
    """Blocks and the text they make, parted by blank lines."""

    text: str
    blocks: tuple[Block, ...]
    starts: tuple[int, ...]  # offset of each block
    _words: tuple[int, ...]  # code points of the blocks before each one that are no headings

    @classmethod
    def of(cls, blocks: list[Block]) -> JoinedBlocks:
        lengths = [len(b.text) + len(PARAGRAPH_BREAK) for b in blocks]
        words = [0 if b.level else len(b.text) for b in blocks]
        return cls(
            text=PARAGRAPH_BREAK.join(b.text for b in blocks),
            blocks=tuple(blocks),
            starts=tuple(accumulate(lengths, initial=0))[:-1],
            _words=tuple(accumulate(words, initial=0)),
        )

    def span(self, first: int, last: int) -> Span:
        """From the start of block `first` to the end of block `last`."""
        return Span(self.starts[first], self.starts[last] + len(self.blocks[last].text))

    def words_between(self, first: int, end: int) -> int:
        """Code points of the blocks from `first` up to `end` that are no headings."""
        return max(0, self._words[end] - self._words[first])
