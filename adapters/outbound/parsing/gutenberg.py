"""Project Gutenberg's header and licence: no part of the book that they enclose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.outbound.parsing.blocks import Block

_START = re.compile(
    r"^[ \t]*\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG.*?(?:\*\*\*|\n[ \t]*\n)|"
    r"^.{0,20}END.{0,4}THE SMALL PRINT.*$",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_START_BLOCK = re.compile(
    r"\*\*\* ?START OF (THE|THIS) PROJECT GUTENBERG|.{0,20}END.{0,4}THE SMALL PRINT", re.IGNORECASE
)
_END = re.compile(
    r"^[ \t]*(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG|"
    r"End of (?:the |this )?Project Gutenberg)",
    re.IGNORECASE | re.MULTILINE,
)
_CREDITS = re.compile(
    r"\s*(?:Produced by|E-?text prepared by|Transcribed (?:from|by)|"
    r"This (?:e-?text|e-?book) was (?:produced|prepared)).*?(?:\n[ \t]*\n|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_HEADER_REACH = 30_000  # code points from the start within which a header ends
_HEADER_BLOCKS = 80


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A text without header and licence, and the header for what it says of the book."""

    text: str
    header: str = ""


def unwrap(text: str) -> Unwrapped:
    start = _START.search(text, 0, _HEADER_REACH)
    begin = start.end() if start else 0
    if start and (credits := _CREDITS.match(text, begin)):
        begin = credits.end()
    end = _END.search(text, begin)
    return Unwrapped(text[begin : end.start() if end else len(text)], text[:begin])


def book_range(blocks: Sequence[Block]) -> range:
    """The indices of the blocks between header and licence; all, where there are none."""
    begin = 0
    for index, block in enumerate(blocks[:_HEADER_BLOCKS]):
        if _START_BLOCK.match(block.text):
            begin = index + 1
    if begin < len(blocks) and begin and _CREDITS.match(blocks[begin].text):
        begin += 1
    ends = (i for i in range(begin, len(blocks)) if _END.match(blocks[i].text))
    return range(begin, next(ends, len(blocks)))
