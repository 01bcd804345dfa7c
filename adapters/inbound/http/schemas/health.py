"""Readiness, one line per dependency."""

from typing import Literal

from pydantic import BaseModel, Field

from application.ports.health import Health


class DependencyOut(BaseModel):
    name: str = Field(examples=["queue"])
    ok: bool
    detail: str = Field(examples=["SQLite 3.45, 12 MB"])
    latency_ms: float

    @classmethod
    def of(cls, health: Health) -> "DependencyOut":
        return cls(
            name=health.name, ok=health.ok, detail=health.detail, latency_ms=health.latency_ms
        )


class ReadyOut(BaseModel):
    status: Literal["ready", "unavailable"]
    dependencies: list[DependencyOut]
