"""The use cases' counts as Prometheus series.

`processing_*` keep the names and labels that deployments scrape; series of our own are
`falsafa_*`.
"""

from typing import Literal, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from application.ports.metrics import SearchLeg
from domain.job import Phase
from domain.leak import LeakKind
from domain.turn import Usage

# Where dashboards know another word for a phase than we do.
_PHASE_LABELS = {Phase.CAST: "extract", Phase.PERSONA: "prompt"}

_PHASE_SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
_SEARCH_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_TURN_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


def process_registry() -> CollectorRegistry:
    """A registry with the series of the process itself: memory, CPU, open files."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class PrometheusMetrics:
    """Every label value that is known beforehand is there from the start, at zero."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._register_processing(registry)
        self._register_reading(registry)
        self._register_models(registry)

    def job_queued(self) -> None:
        self._queued.inc()

    def job_started(self) -> None:
        self._active.inc()

    def job_ended(self, status: Literal["completed", "failed", "cancelled", "released"]) -> None:
        self._active.dec()
        if status in ("completed", "failed"):
            self._processed.labels(status).inc()
        else:
            self._interrupted.labels(status).inc()

    def phase_finished(self, phase: Phase, seconds: float) -> None:
        self._phases.labels(_label(phase)).observe(seconds)

    def characters_extracted(self, count: int) -> None:
        self._extracted.inc(count)

    def character_processed(self, status: Literal["completed", "failed"]) -> None:
        self._characters.labels(status).inc()

    def searched(self, seconds: float, degraded: bool) -> None:
        self._searches.labels(str(degraded).lower()).observe(seconds)

    def search_degraded(self, leg: SearchLeg) -> None:
        self._missing_legs.labels(leg).inc()

    def turn_ended(self, reason: str, seconds: float, first_token_seconds: float | None) -> None:
        self._turns.labels(reason).observe(seconds)
        if first_token_seconds is not None:
            self._first_tokens.observe(first_token_seconds)

    def model_used(self, purpose: Literal["persona", "query"], usage: Usage) -> None:
        self._tokens.labels(purpose, "input").inc(usage.prompt_tokens)
        self._tokens.labels(purpose, "output").inc(usage.completion_tokens)

    def reply_leaked(self, kind: LeakKind, *, held: bool) -> None:
        self._leaks.labels(kind.value, "held" if held else "told").inc()

    def query_rewritten(self, outcome: Literal["model", "cache", "raw"]) -> None:
        self._rewritings.labels(outcome).inc()

    def _register_processing(self, registry: CollectorRegistry) -> None:
        self._queued = Counter(
            "processing_jobs_queued_total", "Jobs taken into the queue.", registry=registry
        )
        self._active = Gauge(
            "processing_active_workers", "Jobs at work in this process.", registry=registry
        )
        self._processed = Counter(
            "processing_jobs_processed_total", "Jobs ended.", ("status",), registry=registry
        )
        self._interrupted = Counter(
            "falsafa_jobs_interrupted_total",
            "Jobs that were cancelled, or given back to the queue at a shutdown.",
            ("how",),
            registry=registry,
        )
        self._extracted = Counter(
            "processing_characters_extracted_total", "Characters found.", registry=registry
        )
        self._characters = Counter(
            "processing_characters_processed_total",
            "Characters given a persona, or not.",
            ("status",),
            registry=registry,
        )
        self._phases = Histogram(
            "processing_pipeline_duration_seconds",
            "One phase of one job.",
            ("phase",),
            buckets=_PHASE_SECONDS,
            registry=registry,
        )
        for status in ("completed", "failed"):
            self._processed.labels(status)
            self._characters.labels(status)
        for how in ("cancelled", "released"):
            self._interrupted.labels(how)
        for phase in Phase:
            self._phases.labels(_label(phase))

    def _register_reading(self, registry: CollectorRegistry) -> None:
        self._searches = Histogram(
            "falsafa_search_duration_seconds",
            "One search of a book, both legs.",
            ("degraded",),
            buckets=_SEARCH_SECONDS,
            registry=registry,
        )
        self._missing_legs = Counter(
            "falsafa_search_degraded_total",
            "Searches that had to do without a part: a store, the embedding model, the reranker.",
            ("leg",),
            registry=registry,
        )
        self._turns = Histogram(
            "falsafa_chat_turn_duration_seconds",
            "One turn, to its end.",
            ("finish_reason",),
            buckets=_TURN_SECONDS,
            registry=registry,
        )
        self._first_tokens = Histogram(
            "falsafa_chat_first_token_seconds",
            "From a turn's start to the first of its text.",
            buckets=_TURN_SECONDS,
            registry=registry,
        )
        self._leaks = Counter(
            "falsafa_reply_leaks_total",
            "Names and wordings in replies that first come past the reader's page.",
            ("kind", "how"),
            registry=registry,
        )
        for kind in LeakKind:
            for how in ("told", "held"):
                self._leaks.labels(kind.value, how)
        for degraded in ("true", "false"):
            self._searches.labels(degraded)
        for leg in get_args(SearchLeg):
            self._missing_legs.labels(leg)

    def _register_models(self, registry: CollectorRegistry) -> None:
        self._tokens = Counter(
            "falsafa_model_tokens_total",
            "Tokens that a language model took for personas and queries.",
            ("purpose", "kind"),
            registry=registry,
        )
        self._rewritings = Counter(
            "falsafa_query_rewrites_total",
            "Messages made queries: by the model, from the cache, or searched for as they are.",
            ("outcome",),
            registry=registry,
        )
        for purpose in ("persona", "query"):
            for kind in ("input", "output"):
                self._tokens.labels(purpose, kind)
        for outcome in ("model", "cache", "raw"):
            self._rewritings.labels(outcome)


def _label(phase: Phase) -> str:
    return _PHASE_LABELS.get(phase, phase.value)
