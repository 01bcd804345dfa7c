from typing import Protocol


class Cache(Protocol):
    """Small values that may be gone at any time."""

    async def get(self, key: str) -> bytes | None: ...

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        """`ttl` in seconds."""
        ...

    async def delete(self, key: str) -> None: ...
