"""Whether Redis can be used, and whether it is set up so that it loses nothing."""

import time
from collections.abc import Mapping
from typing import Any

from adapters.outbound.redis.client import RedisClient
from application.ports.health import Health
from domain.errors import FalsafaError

OLDEST = 7  # the major version whose scripts may have flags


class RedisHealthCheck:
    def __init__(self, client: RedisClient) -> None:
        self._client = client

    async def check(self) -> Health:
        begun = time.perf_counter()
        try:
            await self._client.command("PING")
            latency = (time.perf_counter() - begun) * 1000
            facts = await self._client.command("INFO")
        except FalsafaError as error:
            detail = f"{error.message} Look at the server that REDIS_URL names."
            return Health("queue", ok=False, detail=detail)
        version = str(facts.get("redis_version", "of an unknown version"))
        major = version.partition(".")[0]
        if major.isdigit() and int(major) < OLDEST:
            too_old = f"Redis {version} is too old: install {OLDEST}.0 or newer."
            return Health("queue", ok=False, detail=too_old)
        told = f"Redis {version}, {facts.get('used_memory', 0) / 1e6:.1f} MB"
        return Health(
            "queue", ok=True, detail=". ".join((told, *_warnings(facts))), latency_ms=latency
        )


def _warnings(facts: Mapping[str, Any]) -> list[str]:
    """A hosted Redis may keep some facts to itself."""
    warnings = []
    if not facts.get("aof_enabled", True):
        warnings.append("Jobs may be lost when it stops: set `appendonly yes`")
    policy = facts.get("maxmemory_policy", "noeviction")
    if facts.get("maxmemory") and policy.startswith("allkeys"):
        warnings.append(f"Jobs may be lost when it is full ({policy}): set `noeviction`")
    return warnings
