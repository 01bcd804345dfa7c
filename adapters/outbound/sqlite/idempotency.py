"""Idempotency keys, in SQLite."""

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import insert, one
from domain.errors import IdempotencyConflict
from domain.ids import OwnerId


class SqliteIdempotencyStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(
        self, owner_id: OwnerId, key: str, fingerprint: str, resource_id: str
    ) -> str:
        async with self._database.write() as connection:
            bound = await one(
                connection,
                "SELECT fingerprint, resource_id FROM idempotency_keys"
                " WHERE (owner_id, key) = (?, ?)",
                (owner_id, key),
            )
            if bound is None:
                row = {
                    "owner_id": owner_id,
                    "key": key,
                    "fingerprint": fingerprint,
                    "resource_id": resource_id,
                }
                await insert(connection, "idempotency_keys", row)
                return resource_id
        if bound["fingerprint"] != fingerprint:
            raise IdempotencyConflict(
                "This Idempotency-Key came with another request. Use a new key."
            )
        return str(bound["resource_id"])

    async def forget(self, owner_id: OwnerId, key: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM idempotency_keys WHERE (owner_id, key) = (?, ?)", (owner_id, key)
            )
