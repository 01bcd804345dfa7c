"""Back from the text of a block to the text nodes of the markup that it was made of.

A block's text differs from theirs: white space is collapsed, what no reader sees is left out. But
nothing is put in another order, so both are walked side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

LINE = "\u2028"  # stands for a line end that is meant, among those of the markup that are not

_LINE_ENDS = frozenset("\n\r\u000b\u000c\u0085\u2028\u2029")
# Words with single spaces between, which nothing happens to; else one letter after another.
_TOUCHED = (
    "\\s\u0000-\u001f\u007f-\u009f\u00ad\u180e\u2000-\u200b\u2028\u2060-\u2064\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U00010000-\U0010ffff"
)
_WORDS = f"[^{_TOUCHED}]+"
_STRETCH = re.compile(rf"{_WORDS}(?: {_WORDS})*|.", re.DOTALL)
_LONE_SURROGATE = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class TextNode:
    """A run of character data of an element, as EPUB CFI counts them."""

    path: str  # steps from the root: "/4/2/10/1"
    unit: int  # UTF-16 code units of it that stand before
    number: int  # among its element's texts that are not empty, from 1


@dataclass(frozen=True, slots=True)
class TracedRun:
    """A stretch of a block that stands so in its source, code point by code point."""

    offset: int  # in the block, code points
    length: int
    width: int  # UTF-16 code units of each
    node: TextNode  # where its first code point stands


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def trace(
    text: str, pieces: Sequence[str], nodes: Sequence[TextNode | None]
) -> tuple[TracedRun, ...]:
    """`pieces`: what the block's text was joined from, as long as in the source; each one's node,
    if it has any."""
    runs = _Runs()
    at = 0
    for piece, node in zip(pieces, nodes, strict=True):
        unit = 0
        for stretch in _STRETCH.findall(piece):
            width = 2 if stretch[0] >= "\U00010000" else 1
            if text.startswith(stretch, at):
                became = len(stretch)
            else:
                became = 1 if at < len(text) and _became(stretch, text[at]) else 0
            if became and node:
                start = replace(node, unit=node.unit + unit)
                runs.add(TracedRun(at, became, width, start))
            at += became
            unit += len(stretch) * width
    return tuple(runs.made)


def _became(letter: str, shown: str) -> bool:
    if letter == shown:
        return True
    if shown == " ":
        return letter.isspace() and letter != LINE
    if shown == "\n":
        return letter in _LINE_ENDS
    return shown == _LONE_SURROGATE and "\ud800" <= letter <= "\udfff"


class _Runs:
    def __init__(self) -> None:
        self.made: list[TracedRun] = []

    def add(self, run: TracedRun) -> None:
        last = self.made[-1] if self.made else run
        reached = replace(last.node, unit=last.node.unit + last.length * last.width)
        if (last.offset + last.length, last.width, reached) == (run.offset, run.width, run.node):
            self.made[-1] = replace(last, length=last.length + run.length)
        else:
            self.made.append(run)
