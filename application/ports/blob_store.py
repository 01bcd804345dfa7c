from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol


class BlobStore(Protocol):
    """Files as received, and whole outputs of tools. Keys are `a/b/name`, made by us."""

    async def put(self, key: str, content: AsyncIterator[bytes]) -> int:
        """Write the whole or nothing; replaces what was there. Returns its size in bytes."""
        ...

    def local(self, key: str) -> AbstractAsyncContextManager[Path]:
        """A path that can be read while the context is open. Raises TextNotFound."""
        ...

    async def keys_under(self, prefix: str) -> Sequence[str]:
        """In order; the prefix itself is not one of them."""
        ...

    async def delete(self, prefix: str) -> None:
        """Delete the key, and every key under it."""
        ...
