from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from adapters.outbound.memory.book_parser import MemoryBookParser
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.parser import FileBookParser, RawTextParser
from application.ports.book_parser import BookParser
from domain.errors import (
    BrokenFile,
    EmptyBook,
    EncryptedFile,
    FileTooLarge,
    UnsupportedFile,
    WorkerCrashed,
)
from tests.unit.parsing.epub_writer import Epub

PROSE = "The rain had not stopped since Tuesday, and nobody in the house spoke of it any longer."
NOVEL = f"Chapter 1\n\n“{PROSE}”\n\nChapter 2\n\n{PROSE}\n"


class BookParserContract:
    @pytest.fixture
    def parser(self) -> BookParser:
        raise NotImplementedError

    async def test_chapters_tile_the_text(self, parser: BookParser, tmp_path: Path) -> None:
        book = await parser.parse(_file(tmp_path, NOVEL.encode()), "novel.txt", "text/plain")
        assert book.text == NOVEL.strip()
        assert [c.title for c in book.chapters] == ["Chapter 1", "Chapter 2"]
        assert [c.number for c in book.chapters] == [1, 2]
        assert "".join(c.span.of(book.text) for c in book.chapters) == book.text
        for chapter in book.chapters:
            assert chapter.heading
            assert chapter.heading.of(book.text) == chapter.title

    async def test_line_ends_are_lf(self, parser: BookParser, tmp_path: Path) -> None:
        path = _file(tmp_path, NOVEL.replace("\n", "\r\n").encode())
        assert (await parser.parse(path, "novel.txt", "")).text == NOVEL.strip()

    async def test_a_text_without_headings_is_one_chapter(
        self, parser: BookParser, tmp_path: Path
    ) -> None:
        book = await parser.parse(_file(tmp_path, PROSE.encode()), "novel.txt", "text/plain")
        assert [c.span.of(book.text) for c in book.chapters] == [PROSE]

    async def test_the_language_is_told(self, parser: BookParser, tmp_path: Path) -> None:
        book = await parser.parse(_file(tmp_path, NOVEL.encode()), "novel.txt", "text/plain")
        assert book.metadata.language == "en"

    async def test_an_empty_file_is_told(self, parser: BookParser, tmp_path: Path) -> None:
        path = _file(tmp_path, b"")
        with pytest.raises(EmptyBook):
            await parser.check(path, "novel.txt", "text/plain")
        with pytest.raises(EmptyBook):
            await parser.parse(path, "novel.txt", "text/plain")

    async def test_what_is_no_book_is_told(self, parser: BookParser, tmp_path: Path) -> None:
        path = _file(tmp_path, bytes(range(256)))
        with pytest.raises(UnsupportedFile):
            await parser.check(path, "novel.txt", "text/plain")
        with pytest.raises(UnsupportedFile):
            await parser.parse(path, "novel.txt", "text/plain")

    async def test_the_media_type_is_told_by_the_content(
        self, parser: BookParser, tmp_path: Path
    ) -> None:
        path = _file(tmp_path, NOVEL.encode())
        assert await parser.check(path, "novel.epub", "application/epub+zip") == "text/plain"


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(content)
    return path


class TestMemoryBookParser(BookParserContract):
    @pytest.fixture
    def parser(self) -> BookParser:
        return MemoryBookParser()


class TestFileBookParserInAThread(BookParserContract):
    @pytest.fixture
    def parser(self) -> Iterator[BookParser]:
        with ThreadPoolExecutor(1) as executor:
            yield FileBookParser(executor)


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        yield executor


class TestFileBookParserInAProcess(BookParserContract):
    @pytest.fixture
    def parser(self, processes: Executor) -> BookParser:
        return FileBookParser(processes)

    async def test_a_file_over_the_limit_is_refused(
        self, processes: Executor, tmp_path: Path
    ) -> None:
        parser = FileBookParser(processes, ParsingLimits(max_file_bytes=100))
        with pytest.raises(FileTooLarge):
            await parser.parse(_file(tmp_path, b"x" * 101), "novel.txt", "")

    async def test_memory_over_the_limit_is_refused_and_the_process_lives(
        self, processes: Executor, tmp_path: Path
    ) -> None:
        path = _file(tmp_path, b"<html><body>" + b"<p>word" * 60_000)
        parser = FileBookParser(processes, ParsingLimits(max_memory_bytes=1024 * 1024))
        with pytest.raises((FileTooLarge, BrokenFile)):
            await parser.parse(path, "novel.html", "")
        assert (await FileBookParser(processes).parse(path, "novel.html", "")).text


async def test_a_check_does_not_wait_for_a_busy_executor(tmp_path: Path) -> None:
    release = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        executor.submit(release.wait)
        try:
            found = await FileBookParser(executor).check(_file(tmp_path, b"%PDF-1.7 x"), "x", "")
        finally:
            release.set()
    assert found == "application/pdf"


async def test_copy_protection_is_told_by_the_check_already(tmp_path: Path) -> None:
    method = '<e><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></e>'
    locked = Epub(pages={}, extra={"META-INF/encryption.xml": method}).write()
    with ThreadPoolExecutor(1) as executor, pytest.raises(EncryptedFile):
        await FileBookParser(executor).check(_file(tmp_path, locked), "x.epub", "")


async def test_a_raw_text_is_taken_as_it_is(tmp_path: Path) -> None:
    path = _file(tmp_path, b"  # Not a heading\r\n")
    with ThreadPoolExecutor(1) as executor:
        parser = RawTextParser(executor)
        assert await parser.check(path, "x.md", "") == "text/plain"
        assert (await parser.parse(path, "x.md", "")).text == "  # Not a heading\r\n"


async def test_a_process_that_hangs_is_killed_and_told(tmp_path: Path) -> None:
    path = tmp_path / "never.txt"
    os.mkfifo(path)  # opening it waits for a writer that does not come
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        parser = FileBookParser(executor, ParsingLimits(seconds=0.1, grace=0.1))
        with pytest.raises(WorkerCrashed):
            await parser.parse(path, "never.txt", "")


async def test_a_process_that_is_killed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "never.txt"
    os.mkfifo(path)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        pid = await asyncio.wrap_future(executor.submit(os.getpid))
        parsing = asyncio.create_task(FileBookParser(executor).parse(path, "never.txt", ""))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerCrashed):
            await parsing
