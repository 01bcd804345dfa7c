from typing import Literal

from application.ports.metrics import SearchLeg
from domain.job import Phase
from domain.leak import LeakKind
from domain.turn import Usage


class MemoryMetrics:
    """Keeps each call, for a test to look at."""

    def __init__(self) -> None:
        self.queued = 0
        self.started = 0
        self.endings: list[str] = []
        self.phases: list[tuple[Phase, float]] = []
        self.extracted = 0
        self.characters: list[str] = []
        self.searches: list[tuple[float, bool]] = []
        self.missing_legs: list[SearchLeg] = []
        self.turns: list[tuple[str, float, float | None]] = []
        self.model_use: list[tuple[str, Usage]] = []
        self.rewritings: list[str] = []
        self.leaks: list[tuple[LeakKind, bool]] = []

    def job_queued(self) -> None:
        self.queued += 1

    def job_started(self) -> None:
        self.started += 1

    def job_ended(self, status: Literal["completed", "failed", "cancelled", "released"]) -> None:
        self.endings.append(status)

    def phase_finished(self, phase: Phase, seconds: float) -> None:
        self.phases.append((phase, seconds))

    def characters_extracted(self, count: int) -> None:
        self.extracted += count

    def character_processed(self, status: Literal["completed", "failed"]) -> None:
        self.characters.append(status)

    def searched(self, seconds: float, degraded: bool) -> None:
        self.searches.append((seconds, degraded))

    def search_degraded(self, leg: SearchLeg) -> None:
        self.missing_legs.append(leg)

    def turn_ended(self, reason: str, seconds: float, first_token_seconds: float | None) -> None:
        self.turns.append((reason, seconds, first_token_seconds))

    def model_used(self, purpose: Literal["persona", "query"], usage: Usage) -> None:
        self.model_use.append((purpose, usage))

    def reply_leaked(self, kind: LeakKind, *, held: bool) -> None:
        self.leaks.append((kind, held))

    def query_rewritten(self, outcome: Literal["model", "cache", "raw"]) -> None:
        self.rewritings.append(outcome)
