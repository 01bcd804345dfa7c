"""Canonical texts in a bucket of Supabase Storage: `texts/{book_id}/{version}.txt`.

The first line of an object is the SHA-256 of what follows, the text in UTF-8. So text and hash
are written in one step, and an object that was cut or changed is found out, whoever did it.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.recent import Recent
from adapters.outbound.supabase.storage_bucket import Bucket, temporary_folder
from adapters.outbound.supabase.storage_errors import disk_errors
from domain.book import ContentVersion
from domain.errors import StoreUnavailable, TextNotFound
from domain.frontier import Frontier
from domain.span import Span

_KEPT = 32_000_000  # code points in memory: a few dozen novels, or one book of the largest size


class SupabaseTextStore:
    """A text is fetched once and kept for as long as the object is the same: a version that failed
    is built anew, maybe from another file and by another process."""

    def __init__(self, client: SupabaseClient, bucket: str) -> None:
        self._bucket = Bucket(client, bucket)
        self._recent: Recent[ContentVersion, tuple[str, str]] = Recent(  # tag and text
            _KEPT, weight=lambda kept: len(kept[1])
        )

    async def put(self, version: ContentVersion, text: str) -> None:
        self._recent.drop(version)
        with temporary_folder() as folder:
            path = Path(folder) / "text"
            with disk_errors():
                await asyncio.to_thread(_write, path, text)
            await self._bucket.upload(_key(version), path)

    async def slice(self, version: ContentVersion, span: Span, up_to: Frontier) -> str:
        return up_to.clip(span).of(await self._text(version))

    async def length(self, version: ContentVersion) -> int:
        return len(await self._text(version))

    async def delete(self, version: ContentVersion) -> None:
        self._recent.drop(version)
        await self._bucket.remove([_key(version)])

    async def _text(self, version: ContentVersion) -> str:
        known, text = self._recent.get(version) or ("", "")
        with temporary_folder() as folder:
            path = Path(folder) / "text"
            try:
                tag = await self._bucket.download(_key(version), path, known=known)
            except TextNotFound as error:
                self._recent.drop(version)
                raise TextNotFound("The book's text is not kept.") from error
            if tag is None:
                return text
            text = await asyncio.to_thread(_read, path)
        self._recent.put(version, (tag, text))
        return text


def _key(version: ContentVersion) -> str:
    return f"texts/{version.book_id}/{version.number}.txt"


def _write(path: Path, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    path.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def _read(path: Path) -> str:
    digest, _, content = path.read_bytes().partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise StoreUnavailable(
            "The stored text of this book is damaged. Process the book again, or restore a backup."
        )
    return content.decode("utf-8", "surrogatepass")
