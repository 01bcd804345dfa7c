from domain.errors import IdempotencyConflict
from domain.ids import OwnerId


class MemoryIdempotencyStore:
    def __init__(self) -> None:
        self.bound: dict[tuple[OwnerId, str], tuple[str, str]] = {}

    async def remember(
        self, owner_id: OwnerId, key: str, fingerprint: str, resource_id: str
    ) -> str:
        request, resource = self.bound.setdefault((owner_id, key), (fingerprint, resource_id))
        if request != fingerprint:
            raise IdempotencyConflict(
                "This Idempotency-Key came with another request. Use a new key."
            )
        return resource

    async def forget(self, owner_id: OwnerId, key: str) -> None:
        self.bound.pop((owner_id, key), None)
