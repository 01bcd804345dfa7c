"""Whether the tables can be used."""

import time

from adapters.outbound.supabase.client import SupabaseClient
from application.ports.health import Health
from domain.errors import FalsafaError

# The files of supabase/migrations that this version of Falsafa stands on.
MIGRATIONS = (
    "00000000000001_tables_of_deployments",
    "00000000000002_tables_of_falsafa",
    "00000000000003_books",
    "00000000000004_sessions",
    "00000000000005_idempotency",
    "00000000000100_content",
    "00000000000110_corrections",
    "00000000000120_frontiers",
    "00000000000130_told_from",
)


class SupabaseHealthCheck:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client

    async def check(self) -> Health:
        begun = time.perf_counter()
        try:
            status = await self._client.call("falsafa_status", {})
        except FalsafaError as error:
            return Health("tables", ok=False, detail=error.message)
        latency = (time.perf_counter() - begun) * 1000
        missing = [name for name in MIGRATIONS if name not in status["migrations"]]
        if missing:
            detail = (
                f"Migrations are missing ({', '.join(missing)}). Run `supabase db push`, or give"
                " psql the files of supabase/migrations."
            )
            return Health("tables", ok=False, detail=detail, latency_ms=latency)
        detail = f"{status['api'] or 'REST API'} before PostgreSQL {status['database']}"
        return Health("tables", ok=True, detail=detail, latency_ms=latency)
