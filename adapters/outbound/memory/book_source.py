"""A BookSource whose web is a dictionary."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from application.ports.book_source import FetchedFile
from domain.errors import FileTooLarge, ForbiddenAddress, SourceUnavailable


class MemoryBookSource:
    """Gives the bytes under a URL. Remembers in `fetched` what it was asked for."""

    def __init__(self, files: Mapping[str, bytes], max_bytes: int = 1_000_000) -> None:
        self._files = files
        self._max_bytes = max_bytes
        self.fetched: list[str] = []

    @asynccontextmanager
    async def fetch(self, url: str) -> AsyncIterator[FetchedFile]:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or "@" in parts.netloc:
            raise ForbiddenAddress("Give an http or https address without a user name.")
        self.fetched.append(url)
        if url not in self._files:
            raise SourceUnavailable("Nothing was found under this address.")
        yield FetchedFile(
            self._stream(self._files[url]), PurePosixPath(unquote(parts.path)).name, ""
        )

    async def _stream(self, content: bytes) -> AsyncIterator[bytes]:
        if len(content) > self._max_bytes:
            raise FileTooLarge(f"The file is larger than {self._max_bytes:,} bytes.")
        yield content
