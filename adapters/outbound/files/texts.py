"""Canonical texts in a folder: `{book_id}/{version}.txt`.

The first line of a file is the SHA-256 of what follows, the text in UTF-8. So text and hash are
written in one step, and a file that was cut or changed is found out, whoever did it.
"""

import asyncio
import hashlib
from collections import OrderedDict
from pathlib import Path

from adapters.outbound.files.blobs import remove
from adapters.outbound.files.keys import path_of
from adapters.outbound.files.whole_file import translated, write_whole
from domain.book import ContentVersion
from domain.errors import StoreUnavailable, TextNotFound
from domain.frontier import Frontier
from domain.span import Span

_KEPT = 32_000_000  # code points in memory: a few dozen novels, or one book of the largest size


class FolderTextStore:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._recent = _RecentTexts(_KEPT)

    async def put(self, version: ContentVersion, text: str) -> None:
        await asyncio.to_thread(_write, self._path(version), text)

    async def slice(self, version: ContentVersion, span: Span, up_to: Frontier) -> str:
        return up_to.clip(span).of(await self._text(version))

    async def length(self, version: ContentVersion) -> int:
        return len(await self._text(version))

    async def delete(self, version: ContentVersion) -> None:
        await asyncio.to_thread(remove, self._path(version))

    def _path(self, version: ContentVersion) -> Path:
        return path_of(self._root, f"{version.book_id}/{version.number}.txt")

    async def _text(self, version: ContentVersion) -> str:
        path = self._path(version)
        stamp = await asyncio.to_thread(_stamp, path)
        if (text := self._recent.get(path, stamp)) is None:
            text = await asyncio.to_thread(_read, path)
            self._recent.put(path, stamp, text)
        return text


class _RecentTexts:
    """The texts used last, as long as their files are the same, up to a number of code points."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._texts: OrderedDict[Path, tuple[object, str]] = OrderedDict()

    def get(self, path: Path, stamp: object) -> str | None:
        kept, text = self._texts.get(path, (None, ""))
        if kept != stamp:
            return None
        self._texts.move_to_end(path)
        return text

    def put(self, path: Path, stamp: object, text: str) -> None:
        self._texts[path] = (stamp, text)
        self._texts.move_to_end(path)
        while len(self._texts) > 1 and self._size() > self._limit:
            self._texts.popitem(last=False)

    def _size(self) -> int:
        return sum(len(text) for _, text in self._texts.values())


def _write(path: Path, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    write_whole(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def _stamp(path: Path) -> object:
    """What changes whenever the file does."""
    with translated(path):
        try:
            stat = path.stat()
        except FileNotFoundError as error:
            raise TextNotFound("The book's text is not kept.") from error
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _read(path: Path) -> str:
    with translated(path):
        digest, _, content = path.read_bytes().partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise StoreUnavailable(
            "The stored text of this book is damaged. Process the book again, or restore a backup."
        )
    return content.decode("utf-8", "surrogatepass")
