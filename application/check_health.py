"""Ask every part that the application stands on how it is."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.health import Health, HealthCheck

PATIENCE = 5.0  # seconds for a part to answer


@dataclass(frozen=True, slots=True)
class Dependency:
    name: str  # the concern: "queue", "vectors"
    check: HealthCheck
    needed: bool = True  # False: without it answers are poorer, and say so


@dataclass(frozen=True, slots=True)
class DependencyHealth:
    dependency: Dependency
    health: Health

    @property
    def ok(self) -> bool:
        return self.health.ok


class CheckHealth:
    def __init__(self, dependencies: Sequence[Dependency], patience: float = PATIENCE) -> None:
        self._dependencies = dependencies
        self._patience = patience

    async def check(self) -> list[DependencyHealth]:
        """All at once, in the order they were given. Never raises."""
        return await asyncio.gather(*map(self._asked, self._dependencies))

    async def _asked(self, dependency: Dependency) -> DependencyHealth:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(self._patience):
                health = await dependency.check.check()
        except TimeoutError:
            detail = f"No answer in {self._patience:.0f} s."
            waited = (time.perf_counter() - begun) * 1000
            health = Health(dependency.name, ok=False, detail=detail, latency_ms=waited)
        return DependencyHealth(dependency, health)


def can_work(found: Sequence[DependencyHealth]) -> bool:
    """Whether everything that is needed works."""
    return all(each.ok for each in found if each.dependency.needed)
