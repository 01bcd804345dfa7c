"""One bucket of Supabase Storage: objects under keys `a/b/name`.

Small requests go through supabase-py. Its uploads and downloads hold files whole in memory or
read them while others wait, so those two go through its HTTP session, piece by piece.
Routes: https://supabase.com/docs/reference/self-hosting-storage/introduction
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from storage3 import AsyncStorageClient

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.storage_errors import (
    disk_errors,
    raise_if_refused,
    storage_errors,
)
from application.retrying import Patience, retried
from domain.errors import InvalidInput

T = TypeVar("T")

# The longest pauses in seconds: Storage answers an upload when its own disk or S3 has it.
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
_PATIENCE = Patience(attempts=3, first_pause=0.3, longest_pause=10.0)
_PAGE = 1000  # names a listing, and the most that one request may remove
_PIECE = 1 << 20  # bytes
# What Storage takes in keys, in parts that can name a file here: a frontend's uploads have spaces.
_PART = re.compile(r"[A-Za-z0-9_!\-.*'() &$@=;:+,?]{1,255}")


class Bucket:
    """What may be done twice is tried again while Storage is away: all of it.

    Raises StoreUnavailable, Misconfigured (no such bucket, a wrong key), TextNotFound,
    FileTooLarge.
    """

    def __init__(self, client: SupabaseClient, name: str) -> None:
        self._client = client
        self._name = name

    async def upload(self, key: str, path: Path) -> None:
        """Storage keeps the old object until the new one is whole."""
        with disk_errors():
            size = (await asyncio.to_thread(path.stat)).st_size
        url = self._url("object", key)
        headers = {
            **self._client.api.options.headers,
            "content-type": "application/octet-stream",
            "content-length": str(size),  # else httpx sends a stream in chunks of unknown number
            "cache-control": "max-age=0",  # a replaced object must not come from a cache
            "x-upsert": "true",
        }

        async def once() -> None:
            response = await self._storage.session.post(
                url, content=_pieces_of(path), headers=headers, timeout=_TIMEOUT
            )
            await raise_if_refused(response)

        await self._patiently(once)

    async def download(self, key: str, path: Path, *, known: str = "") -> str | None:
        """Gives the object's tag, which changes whenever the object does; "" from a server that
        has none. Where it is still the one that is `known`: None, and nothing is fetched."""
        url = self._url("object/authenticated", key)
        headers = {**self._client.api.options.headers}
        if known:
            headers["if-none-match"] = known

        async def once() -> str | None:
            async with self._storage.session.stream(
                "GET", url, headers=headers, timeout=_TIMEOUT
            ) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                await raise_if_refused(response)
                with path.open("wb") as file:
                    async for piece in response.aiter_bytes(_PIECE):
                        await asyncio.to_thread(file.write, piece)
                tag: str = response.headers.get("etag", "")
                return tag

        return await self._patiently(once)

    async def remove(self, keys: Sequence[str]) -> None:
        """Those that are not there are passed over."""
        bucket = self._storage.from_(self._name)
        for first in range(0, len(keys), _PAGE):
            batch = list(keys[first : first + _PAGE])
            await self._patiently(lambda: bucket.remove(batch))  # noqa: B023 (awaited at once)

    async def keys_under(self, folder: str) -> list[str]:
        """Every key that begins with `folder/`, however deep."""
        return [key async for key in self._walk(checked(folder))]

    async def _walk(self, folder: str) -> AsyncIterator[str]:
        async for entry in self._entries(folder):
            path = f"{folder}/{entry['name']}"
            if entry["id"] is None:  # a folder: there only by the keys under it
                async for key in self._walk(path):
                    yield key
            else:
                yield path

    async def _entries(self, folder: str) -> AsyncIterator[dict[str, Any]]:
        """What lies directly in the folder, however few names the server gives at once."""
        bucket = self._storage.from_(self._name)
        offset = 0
        while True:
            page = await self._patiently(
                lambda: bucket.list(folder, {"limit": _PAGE, "offset": offset})  # noqa: B023
            )
            if not page:
                return
            for entry in page:
                yield entry
            offset += len(page)

    @property
    def _storage(self) -> AsyncStorageClient:
        return self._client.api.storage

    def _url(self, route: str, key: str) -> str:
        return f"{self._client.api.storage_url}{route}/{self._name}/{quote(checked(key))}"

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        async def translated() -> T:
            with storage_errors(self._name), disk_errors():
                return await ask()

        return await retried(translated, _PATIENCE)


def temporary_folder() -> TemporaryDirectory[str]:
    """To be entered apart: what goes wrong inside is no error of this disk."""
    with disk_errors():
        return TemporaryDirectory(prefix="falsafa-")


def checked(key: str) -> str:
    """Raises InvalidInput for a key that could lead elsewhere."""
    parts = key.split("/")
    if not all(_PART.fullmatch(part) and part not in (".", "..") for part in parts):
        raise InvalidInput("A key is made of parts of plain letters, digits and a few marks.")
    return key


async def _pieces_of(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
