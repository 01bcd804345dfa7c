"""The backup of every persona, as Markdown files that a person can read."""

import asyncio
import hashlib
import re
from pathlib import Path

from adapters.outbound.files.blobs import remove
from adapters.outbound.files.keys import path_of
from adapters.outbound.files.whole_file import translated, write_whole
from domain.ids import BookId

_LONGEST = 50  # code points of a name in its file's name


class FolderPromptArchive:
    """`{root}/{book_id}/{safe_name}.md`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def write(self, book_id: BookId, character_name: str, prompt: str) -> None:
        path = self._path(book_id, character_name)
        await asyncio.to_thread(write_whole, path, prompt.encode("utf-8", "surrogatepass"))

    async def read(self, book_id: BookId, character_name: str) -> str | None:
        return await asyncio.to_thread(_read, self._path(book_id, character_name))

    async def delete(self, book_id: BookId) -> None:
        await asyncio.to_thread(remove, path_of(self._root, book_id))

    def _path(self, book_id: BookId, character_name: str) -> Path:
        return path_of(self._root, book_id) / f"{safe_name(character_name)}.md"


def safe_name(name: str) -> str:
    """A name as part of a path, another for each name: "Mrs. Sparsit" -> "mrs-sparsit-0ab8...".

    Its letters in any script, and a hash, since names may differ in case or marks alone.
    """
    words = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")[:_LONGEST]
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{words}-{digest}".lstrip("-")


def _read(path: Path) -> str | None:
    with translated(path):
        try:
            return path.read_bytes().decode("utf-8", "surrogatepass")
        except FileNotFoundError:
            return None
