"""The BookParser: reads a file of any format in a worker, with limits on time and size."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor
from functools import partial
from pathlib import Path

from adapters.outbound.parsing.docx import parse_docx
from adapters.outbound.parsing.epub import parse_epub
from adapters.outbound.parsing.html import parse_html
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.markdown import parse_markdown
from adapters.outbound.parsing.pdf import parse_pdf
from adapters.outbound.parsing.plain_text import parse_plain_text
from adapters.outbound.parsing.sandbox import confined
from adapters.outbound.parsing.sniffing import Format, sniff
from domain.book import ParsedBook
from domain.errors import BrokenFile, FalsafaError, FileTooLarge, WorkerCrashed

_READERS: dict[Format, Callable[[bytes, ParsingLimits], ParsedBook]] = {
    Format.EPUB: parse_epub,
    Format.PDF: parse_pdf,
    Format.DOCX: parse_docx,
    Format.HTML: parse_html,
    Format.MARKDOWN: parse_markdown,
    Format.PLAIN_TEXT: parse_plain_text,
}
_GRACE = 15.0  # seconds after which a worker that does not heed its own limit is given up


class FileBookParser:
    """Parses in the given executor: in production one of processes, which a hostile file may
    kill without harm to the server. What is sent there, and what comes back, can be pickled."""

    def __init__(self, executor: Executor, limits: ParsingLimits | None = None) -> None:
        self._executor = executor
        self._limits = limits or ParsingLimits()

    async def parse(self, path: Path, file_name: str, media_type: str) -> ParsedBook:
        work = partial(parse_file, path, file_name, media_type, self._limits)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.seconds + _GRACE):
                return await loop.run_in_executor(self._executor, work)
        except TimeoutError as error:
            raise WorkerCrashed("Reading the file took too long, so it was given up.") from error
        except BrokenExecutor as error:
            raise WorkerCrashed("The process that read the file has died.") from error


def parse_file(path: Path, file_name: str, media_type: str, limits: ParsingLimits) -> ParsedBook:
    """Read and parse a file, here and now.

    Raises UnsupportedFile, EncryptedFile, EmptyBook, BrokenFile, FileTooLarge, WorkerCrashed.
    """
    limits.check_file_size(path.stat().st_size)
    data = path.read_bytes()
    with confined(limits):
        return survive(data, file_name, media_type, limits)


def parse_bytes(data: bytes, file_name: str, media_type: str, limits: ParsingLimits) -> ParsedBook:
    """The same for bytes in memory."""
    return _READERS[sniff(data, file_name, media_type, limits)](data, limits)


def survive(data: bytes, file_name: str, media_type: str, limits: ParsingLimits) -> ParsedBook:
    """The same, and whatever else a reader throws at a hostile file is a broken file."""
    try:
        return parse_bytes(data, file_name, media_type, limits)
    except FalsafaError:
        raise
    except MemoryError as error:
        raise FileTooLarge("The file needs more memory than a book may.") from error
    except Exception as error:
        # Each reader names the damage that it knows; no list is whole for files made to do harm.
        raise BrokenFile("The file is damaged and cannot be read; get it again.") from error
