"""A BookParser for plain UTF-8 text whose chapters begin with lines "Chapter ..."."""

from __future__ import annotations

import asyncio
import re
from itertools import pairwise
from pathlib import Path

from domain.book import BookMetadata, Chapter, ParsedBook
from domain.errors import BrokenFile, EmptyBook
from domain.span import Span

_HEADING = re.compile(r"^Chapter .*$", re.MULTILINE)


class MemoryBookParser:
    """Remembers the names of the files that it was given, in `parsed`."""

    def __init__(self) -> None:
        self.parsed: list[str] = []

    async def check(self, path: Path, file_name: str, media_type: str) -> str:
        await asyncio.to_thread(_text_of, path)
        return "text/plain"

    async def parse(self, path: Path, file_name: str, media_type: str) -> ParsedBook:
        self.parsed.append(file_name)
        text = await asyncio.to_thread(_text_of, path)
        headings = [Span(*match.span()) for match in _HEADING.finditer(text)]
        starts = [0, *(h.start for h in headings[1:]), len(text)]
        return ParsedBook(
            text=text,
            chapters=tuple(
                Chapter(
                    index=index,
                    title=headings[index].of(text) if headings else "",
                    span=Span(start, end),
                    number=index + 1,
                    heading=headings[index] if headings else None,
                )
                for index, (start, end) in enumerate(pairwise(starts))
            ),
            metadata=BookMetadata(title=Path(file_name).stem, language="en"),
        )


def _text_of(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n").strip()
    except UnicodeDecodeError as error:
        raise BrokenFile("This parser reads UTF-8 only.") from error
    if not text:
        raise EmptyBook("The file is empty.")
    return text
