"""Take a file in: stream it to the blob store while hashing it, and look whether it is a book."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from application.blob_keys import source_blob
from application.ports.blob_store import BlobStore
from application.ports.book_parser import BookParser
from application.ports.clock import NewId
from domain.errors import FileTooLarge
from domain.ids import BookId


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    blob_key: str
    content_hash: str  # SHA-256, hex
    file_name: str
    media_type: str


class ReceiveFile:
    def __init__(
        self, *, blobs: BlobStore, parser: BookParser, new_id: NewId, max_bytes: int
    ) -> None:
        self._blobs = blobs
        self._parser = parser
        self._new_id = new_id
        self._max_bytes = max_bytes

    async def receive(
        self, content: AsyncIterator[bytes], book_id: BookId, file_name: str, media_type: str
    ) -> ReceivedFile:
        """Raises FileTooLarge, and UnsupportedFile and its kin; then nothing is kept."""
        digest = hashlib.sha256()
        key = source_blob(book_id, self._new_id(), file_name)
        await self._blobs.put(key, self._measured(content, digest))
        try:
            async with self._blobs.local(key) as path:
                found = await self._parser.check(path, file_name, media_type)
        except BaseException:
            await self._blobs.delete(key)
            raise
        return ReceivedFile(key, digest.hexdigest(), file_name, found)

    async def _measured(
        self, content: AsyncIterator[bytes], digest: "hashlib._Hash"
    ) -> AsyncIterator[bytes]:
        size = 0
        async for block in content:
            size += len(block)
            if size > self._max_bytes:
                limit = self._max_bytes // 1_000_000
                raise FileTooLarge(f"The file is larger than {limit} MB; send a smaller one.")
            digest.update(block)
            yield block
