from prometheus_client import CollectorRegistry, generate_latest

from adapters.outbound.metrics.prometheus import PrometheusMetrics, process_registry
from application.ports.metrics import Metrics
from domain.job import Phase
from domain.leak import LeakKind
from domain.turn import Usage


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_jobs_are_counted_under_the_names_of_deployments() -> None:
    registry = CollectorRegistry()
    metrics: Metrics = PrometheusMetrics(registry)
    for _ in range(4):
        metrics.job_queued()
        metrics.job_started()
    metrics.job_ended("completed")
    metrics.job_ended("failed")
    metrics.job_ended("released")
    assert value(registry, "processing_jobs_queued_total") == 4
    assert value(registry, "processing_active_workers") == 1
    assert value(registry, "processing_jobs_processed_total", status="completed") == 1
    assert value(registry, "processing_jobs_processed_total", status="failed") == 1
    assert value(registry, "falsafa_jobs_interrupted_total", how="released") == 1


def test_characters_are_counted() -> None:
    registry = CollectorRegistry()
    metrics = PrometheusMetrics(registry)
    metrics.characters_extracted(12)
    metrics.character_processed("completed")
    metrics.character_processed("failed")
    assert value(registry, "processing_characters_extracted_total") == 12
    assert value(registry, "processing_characters_processed_total", status="completed") == 1
    assert value(registry, "processing_characters_processed_total", status="failed") == 1


def test_phases_keep_the_words_of_dashboards() -> None:
    registry = CollectorRegistry()
    metrics = PrometheusMetrics(registry)
    for phase in Phase:
        metrics.phase_finished(phase, 1.0)
    name = "processing_pipeline_duration_seconds_count"
    for label in ("extract", "prompt", "index", "fetch", "parse", "chunk", "embed", "publish"):
        assert value(registry, name, phase=label) == 1


def test_searches_and_turns_are_timed() -> None:
    registry = CollectorRegistry()
    metrics = PrometheusMetrics(registry)
    metrics.searched(0.02, degraded=True)
    metrics.search_degraded("vectors")
    metrics.turn_ended("stop", 1.5, 0.1)
    metrics.turn_ended("error", 0.5, None)
    assert value(registry, "falsafa_search_duration_seconds_count", degraded="true") == 1
    assert value(registry, "falsafa_search_degraded_total", leg="vectors") == 1
    assert value(registry, "falsafa_search_degraded_total", leg="keywords") == 0
    assert value(registry, "falsafa_chat_turn_duration_seconds_count", finish_reason="stop") == 1
    assert value(registry, "falsafa_chat_first_token_seconds_count") == 1


def test_series_are_there_before_anything_has_happened() -> None:
    registry = CollectorRegistry()
    PrometheusMetrics(registry)
    assert value(registry, "processing_jobs_processed_total", status="failed") == 0


def test_the_process_is_measured_too() -> None:
    assert b"process_resident_memory_bytes" in generate_latest(process_registry())


def test_leaks_of_replies_are_counted_told_or_held_back() -> None:
    registry = CollectorRegistry()
    metrics = PrometheusMetrics(registry)
    metrics.reply_leaked(LeakKind.NAME, held=True)

    name = "falsafa_reply_leaks_total"
    assert value(registry, name, kind="name", how="held") == 1
    assert value(registry, name, kind="name", how="told") == 0
    assert value(registry, name, kind="phrase", how="told") == 0


def test_what_models_take_for_personas_and_queries_is_counted() -> None:
    registry = CollectorRegistry()
    metrics = PrometheusMetrics(registry)
    metrics.model_used("persona", Usage(1_000, 200))
    metrics.model_used("persona", Usage(500, 100))
    metrics.query_rewritten("cache")
    name = "falsafa_model_tokens_total"
    assert value(registry, name, purpose="persona", kind="input") == 1_500
    assert value(registry, name, purpose="persona", kind="output") == 300
    assert value(registry, name, purpose="query", kind="input") == 0
    assert value(registry, "falsafa_query_rewrites_total", outcome="cache") == 1
    assert value(registry, "falsafa_query_rewrites_total", outcome="raw") == 0
