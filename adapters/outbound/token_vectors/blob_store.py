"""Token vectors beside the book's other files: a folder, or a bucket, whichever keeps those."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from adapters.outbound.token_vectors.book_tokens import NumpyBookTokens
from adapters.outbound.token_vectors.whole_file import read, written
from application.blob_keys import token_blobs
from application.ports.blob_store import BlobStore
from application.ports.token_vectors import BookTokens, Levels
from domain.book import ContentVersion
from domain.errors import TextNotFound
from domain.ids import BookId


class BlobTokenVectors:
    """A file a version, named after the model. 64 bytes a token: 9 MB a novel."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def put(
        self,
        version: ContentVersion,
        model: str,
        width: int,
        passages: AsyncIterator[Sequence[Levels]],
    ) -> None:
        await self.delete(version)
        await self._blobs.put(_key(version, model), written(passages, width))

    async def read(self, version: ContentVersion, model: str, width: int) -> BookTokens | None:
        try:
            async with self._blobs.local(_key(version, model)) as path:
                return await asyncio.to_thread(_read, path, width, version.book_id)
        except TextNotFound:
            return None

    async def has(self, version: ContentVersion, model: str) -> bool:
        return _key(version, model) in await self._blobs.keys_under(token_blobs(version))

    async def delete(self, version: ContentVersion) -> None:
        await self._blobs.delete(token_blobs(version))


def _key(version: ContentVersion, model: str) -> str:
    return f"{token_blobs(version)}/{model}"


def _read(path: Path, width: int, book_id: BookId) -> NumpyBookTokens:
    return read(path.read_bytes(), width, book_id)
