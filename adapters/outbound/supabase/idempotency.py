"""Idempotency keys, in Supabase."""

from adapters.outbound.supabase.client import SupabaseClient
from domain.ids import OwnerId


class SupabaseIdempotencyStore:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client

    async def remember(
        self, owner_id: OwnerId, key: str, fingerprint: str, resource_id: str
    ) -> str:
        bound = await self._client.call(
            "falsafa_remember_key",
            {
                "the_owner": owner_id,
                "the_key": key,
                "the_fingerprint": fingerprint,
                "the_resource": resource_id,
            },
        )
        return str(bound)

    async def forget(self, owner_id: OwnerId, key: str) -> None:
        await self._client.rows(
            lambda api: (
                api.table("falsafa_idempotency_keys")
                .delete()
                .match({"owner_id": owner_id, "key": key})
            )
        )
