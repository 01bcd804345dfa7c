import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.errors import TextNotFound


class MemoryBlobStore:
    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    async def put(self, key: str, content: AsyncIterator[bytes]) -> int:
        self.blobs[key] = b"".join([piece async for piece in content])
        return len(self.blobs[key])

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        if key not in self.blobs:
            raise TextNotFound("The file is not kept any more. Upload it again.")
        with TemporaryDirectory() as folder:
            path = Path(folder, key.rpartition("/")[2])
            await asyncio.to_thread(path.write_bytes, self.blobs[key])
            yield path

    async def keys_under(self, prefix: str) -> Sequence[str]:
        return sorted(key for key in self.blobs if key.startswith(f"{prefix}/"))

    async def delete(self, prefix: str) -> None:
        self.blobs = {
            key: blob
            for key, blob in self.blobs.items()
            if key != prefix and not key.startswith(f"{prefix}/")
        }
