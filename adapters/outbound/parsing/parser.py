"""The BookParser: reads a file of any format in a worker, with limits on time and size."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor
from functools import partial
from importlib import import_module
from pathlib import Path

from adapters.outbound.parsing.archive import Archive
from adapters.outbound.parsing.epub_package import refuse_protection
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.plain_text import parse_raw_text
from adapters.outbound.parsing.sandbox import confined
from adapters.outbound.parsing.sniffing import Format, sniff
from domain.book import ParsedBook
from domain.errors import BrokenFile, FalsafaError, FileTooLarge, WorkerCrashed

MEDIA_TYPES = {
    Format.EPUB: "application/epub+zip",
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.HTML: "text/html",
    Format.MARKDOWN: "text/markdown",
    Format.PLAIN_TEXT: "text/plain",
}
Reader = Callable[[bytes, ParsingLimits], ParsedBook]

# By name: only the process that reads a format imports its library.
_READERS = {
    Format.EPUB: "epub.parse_epub",
    Format.PDF: "pdf.parse_pdf",
    Format.DOCX: "docx.parse_docx",
    Format.HTML: "html.parse_html",
    Format.MARKDOWN: "markdown.parse_markdown",
    Format.PLAIN_TEXT: "plain_text.parse_plain_text",
}


class FileBookParser:
    """Parses in the given executor: in production one of processes, which a hostile file may
    kill without harm to the server. What is sent there, and what comes back, can be pickled."""

    def __init__(self, executor: Executor, limits: ParsingLimits | None = None) -> None:
        self._executor = executor
        self._limits = limits or ParsingLimits()

    async def check(self, path: Path, file_name: str, media_type: str) -> str:
        # In a thread: a check must not wait for the processes, which may be busy for minutes.
        return await asyncio.to_thread(check_file, path, file_name, media_type, self._limits)

    async def parse(self, path: Path, file_name: str, media_type: str) -> ParsedBook:
        work = partial(parse_file, path, file_name, media_type, self._limits)
        return await _worked(self._executor, work)


class RawTextParser:
    """Takes a UTF-8 text exactly as it is, so that offsets are the file's own."""

    def __init__(self, executor: Executor, limits: ParsingLimits | None = None) -> None:
        self._executor = executor
        self._limits = limits or ParsingLimits()

    async def check(self, path: Path, file_name: str, media_type: str) -> str:
        return MEDIA_TYPES[Format.PLAIN_TEXT]

    async def parse(self, path: Path, file_name: str, media_type: str) -> ParsedBook:
        work = partial(parse_raw_text, path, self._limits)
        return await _worked(self._executor, work)


async def _worked(executor: Executor, work: Callable[[], ParsedBook]) -> ParsedBook:
    # No clock here: the work may wait for a free process. Once begun, it limits itself.
    try:
        return await asyncio.get_running_loop().run_in_executor(executor, work)
    except BrokenExecutor as error:
        raise WorkerCrashed(
            "The process that read the file died: the file needs too much time or memory."
        ) from error


def check_file(path: Path, file_name: str, media_type: str, limits: ParsingLimits) -> str:
    """The media type that a file's content shows.

    Raises UnsupportedFile, EncryptedFile, EmptyBook, BrokenFile, FileTooLarge.
    """
    limits.check_file_size(path.stat().st_size)
    data = path.read_bytes()
    found = sniff(data, file_name, media_type, limits)
    if found is Format.EPUB:
        refuse_protection(Archive(data, limits), limits)
    return MEDIA_TYPES[found]


def parse_file(path: Path, file_name: str, media_type: str, limits: ParsingLimits) -> ParsedBook:
    """Read and parse a file, here and now.

    Raises UnsupportedFile, EncryptedFile, EmptyBook, BrokenFile, FileTooLarge, WorkerCrashed.
    """
    with confined(limits):
        limits.check_file_size(path.stat().st_size)
        data = path.read_bytes()
        return survive(data, file_name, media_type, limits)


def parse_bytes(data: bytes, file_name: str, media_type: str, limits: ParsingLimits) -> ParsedBook:
    """The same for bytes in memory."""
    return _reader(sniff(data, file_name, media_type, limits))(data, limits)


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


def _reader(form: Format) -> Reader:
    module, _, name = _READERS[form].partition(".")
    reader: Reader = getattr(import_module(f"adapters.outbound.parsing.{module}"), name)
    return reader
