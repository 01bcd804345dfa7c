from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Health:
    name: str  # the concern: "queue", "vectors", ...
    ok: bool
    detail: str  # what it is and where: "SQLite 3.45, 12 MB"; or what to fix
    latency_ms: float = 0.0


class HealthCheck(Protocol):
    async def check(self) -> Health:
        """Never raises: what is wrong is told in the answer."""
        ...
