from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.outbound.download.http_source import HttpBookSource
from adapters.outbound.memory.book_source import MemoryBookSource
from application.ports.book_source import BookSource
from domain.errors import FileTooLarge, ForbiddenAddress, SourceUnavailable
from tests.unit.download.local_server import answer, giving, serving

LIMIT = 1_000
FILES = {"/Hard%20Times.epub": b"the words of a book", "/large.txt": b"x" * (LIMIT + 1)}


class BookSourceContract:
    @pytest.fixture
    def source(self) -> BookSource:
        raise NotImplementedError

    @pytest.fixture
    def base(self) -> str:
        """The address under which FILES are found."""
        raise NotImplementedError

    async def test_a_file_comes_with_its_name(self, source: BookSource, base: str) -> None:
        async with source.fetch(f"{base}/Hard%20Times.epub") as file:
            content = b"".join([piece async for piece in file.content])
        assert content == b"the words of a book"
        assert file.file_name == "Hard Times.epub"

    async def test_nothing_there_is_told(self, source: BookSource, base: str) -> None:
        with pytest.raises(SourceUnavailable):
            async with source.fetch(f"{base}/none.epub"):
                pytest.fail("there is nothing to fetch")

    async def test_too_large_a_file_is_refused(self, source: BookSource, base: str) -> None:
        with pytest.raises(FileTooLarge):
            async with source.fetch(f"{base}/large.txt") as file:
                [piece async for piece in file.content]

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "http://user@x.example/", "ftp://x/y"])
    async def test_other_kinds_of_address_are_refused(self, source: BookSource, url: str) -> None:
        with pytest.raises(ForbiddenAddress):
            async with source.fetch(url):
                pytest.fail("it must not be fetched")


class TestMemoryBookSource(BookSourceContract):
    @pytest.fixture
    def base(self) -> str:
        return "https://books.example"

    @pytest.fixture
    def source(self, base: str) -> BookSource:
        return MemoryBookSource({base + path: content for path, content in FILES.items()}, LIMIT)


class TestHttpBookSource(BookSourceContract):
    @pytest.fixture
    async def base(self) -> AsyncIterator[str]:
        async with serving(giving({p: answer(c) for p, c in FILES.items()})) as server:
            yield server.url

    @pytest.fixture
    def source(self, base: str) -> BookSource:
        return HttpBookSource(LIMIT, private_hosts=[base.removeprefix("http://")])
