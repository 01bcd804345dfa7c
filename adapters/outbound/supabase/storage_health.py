"""Whether the bucket is there."""

import time

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.storage_errors import storage_errors
from application.ports.health import Health
from domain.errors import FalsafaError

_NAME = "files"


class SupabaseStorageHealthCheck:
    def __init__(self, client: SupabaseClient, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def check(self) -> Health:
        begun = time.perf_counter()
        try:
            with storage_errors(self._bucket):
                bucket = await self._client.api.storage.get_bucket(self._bucket)
        except FalsafaError as error:
            return Health(_NAME, ok=False, detail=error.message)
        detail = f"Supabase Storage, bucket “{self._bucket}”"
        if bucket.public:
            detail += ": it is public, so anybody can read the books; make it private"
        return Health(
            _NAME,
            ok=True,
            detail=detail,
            latency_ms=(time.perf_counter() - begun) * 1000,
        )
