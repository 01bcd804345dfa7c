"""Blobs in a folder, a file each."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.outbound.files.keys import INCOMING, path_of
from adapters.outbound.files.whole_file import WholeFile, translated
from domain.errors import TextNotFound


class FolderBlobStore:
    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, content: AsyncIterator[bytes]) -> int:
        size = 0
        file = await asyncio.to_thread(WholeFile, path_of(self._root, key))
        try:
            async for piece in content:
                await asyncio.to_thread(file.write, piece)
                size += len(piece)
            await asyncio.to_thread(file.commit)
        except BaseException:
            file.discard()
            raise
        return size

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        path = path_of(self._root, key)
        if not await asyncio.to_thread(path.is_file):
            raise TextNotFound("The file is not kept any more. Upload it again.")
        yield path

    async def keys_under(self, prefix: str) -> Sequence[str]:
        return await asyncio.to_thread(self._keys_under, path_of(self._root, prefix))

    async def delete(self, prefix: str) -> None:
        await asyncio.to_thread(remove, path_of(self._root, prefix))

    def _keys_under(self, folder: Path) -> list[str]:
        with translated(folder):
            whole = [
                p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(INCOMING)
            ]
        return sorted(path.relative_to(self._root).as_posix() for path in whole)


def remove(path: Path) -> None:
    """A file, or a folder with all that is in it; nothing if it is gone."""
    with translated(path):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
