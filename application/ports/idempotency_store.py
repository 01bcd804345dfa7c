from typing import Protocol

from domain.ids import OwnerId


class IdempotencyStore(Protocol):
    """What was made for an `Idempotency-Key`, so that a repeated request makes nothing twice."""

    async def remember(
        self, owner_id: OwnerId, key: str, fingerprint: str, resource_id: str
    ) -> str:
        """Bind the key to a resource, unless it is bound already; return what it is bound to.

        One atomic step. Raises IdempotencyConflict if the key came with another request
        (`fingerprint` differs).
        """
        ...

    async def forget(self, owner_id: OwnerId, key: str) -> None:
        """Free the key after a request that made nothing."""
        ...
