"""Readiness, one line per dependency."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from application.check_health import DependencyHealth, can_work


class DependencyOut(BaseModel):
    name: str = Field(examples=["queue"])
    ok: bool
    needed: bool = Field(description="False: without it answers are poorer, and say so.")
    detail: str = Field(examples=["Redis 7.0.15, appendonly"])
    latency_ms: float

    @classmethod
    def of(cls, found: DependencyHealth) -> "DependencyOut":
        return cls(
            name=found.dependency.name,
            ok=found.ok,
            needed=found.dependency.needed,
            detail=found.health.detail,
            latency_ms=round(found.health.latency_ms, 1),
        )


class ReadyOut(BaseModel):
    status: Literal["ready", "degraded", "unavailable"]
    dependencies: list[DependencyOut]

    @classmethod
    def of(cls, found: Sequence[DependencyHealth]) -> "ReadyOut":
        status: Literal["ready", "degraded", "unavailable"] = "unavailable"
        if can_work(found):
            status = "ready" if all(each.ok for each in found) else "degraded"
        return cls(status=status, dependencies=[DependencyOut.of(each) for each in found])
