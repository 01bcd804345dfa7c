"""Blobs in a bucket of Supabase Storage, an object each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.storage_bucket import Bucket, checked, temporary_folder
from adapters.outbound.supabase.storage_errors import disk_errors


class SupabaseBlobStore:
    def __init__(self, client: SupabaseClient, bucket: str) -> None:
        self._bucket = Bucket(client, bucket)

    async def put(self, key: str, content: AsyncIterator[bytes]) -> int:
        # On disk first: a source that breaks off never reaches the bucket, and a book of any size
        # takes no memory.
        checked(key)
        size = 0
        with temporary_folder() as folder:
            path = Path(folder) / "content"
            with path.open("wb") as file:
                async for piece in content:
                    with disk_errors():
                        await asyncio.to_thread(file.write, piece)
                    size += len(piece)
                with disk_errors():
                    await asyncio.to_thread(file.flush)
            await self._bucket.upload(key, path)
        return size

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        with temporary_folder() as folder:
            path = Path(folder) / PurePosixPath(key).name
            await self._bucket.download(key, path)
            yield path

    async def keys_under(self, prefix: str) -> Sequence[str]:
        return sorted(await self._bucket.keys_under(prefix))

    async def delete(self, prefix: str) -> None:
        await self._bucket.remove([prefix, *await self._bucket.keys_under(prefix)])
