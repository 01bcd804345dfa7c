"""What `/ready` and `falsafa doctor` ask: the parts that these settings stand on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from adapters.outbound.files.health import FolderHealthCheck
from adapters.outbound.sqlite.health import DatabaseHealthCheck
from application.check_health import CheckHealth, Dependency
from application.ports.health import HealthCheck
from bootstrap.lazily import load
from bootstrap.settings import Settings

if TYPE_CHECKING:
    from bootstrap.container import Container


def build_readiness(container: "Container", settings: Settings) -> CheckHealth:
    """The stores: without them nothing, or less, can be answered."""
    return CheckHealth(list(_stores(container, settings)))


def build_diagnosis(container: "Container", settings: Settings) -> CheckHealth:
    """The stores, and the models that are not asked at every probe."""
    return CheckHealth([*_stores(container, settings), *_models(container, settings)])


def _stores(container: "Container", settings: Settings) -> Iterator[Dependency]:
    if settings.uses_database:
        yield Dependency("database", DatabaseHealthCheck(container.database()))
    if settings.queue == "redis":
        check = load("adapters.outbound.redis.health:RedisHealthCheck")
        yield Dependency("queue", check(container.redis()))
    if settings.tables == "supabase":
        check = load("adapters.outbound.supabase.health:SupabaseHealthCheck")
        yield Dependency("tables", check(container.supabase()))
    if settings.vectors == "qdrant":
        check = load("adapters.outbound.qdrant.health:QdrantHealthCheck")
        yield Dependency("vectors", check(container.qdrant()), needed=False)
    if settings.keywords == "typesense":
        check = load("adapters.outbound.typesense.health:TypesenseHealthCheck")
        yield Dependency("keywords", check(container.typesense()), needed=False)
    if settings.files == "supabase":
        check = load("adapters.outbound.supabase.storage_health:SupabaseStorageHealthCheck")
        yield Dependency("files", check(container.supabase(), settings.supabase_bucket))
    yield Dependency("data folder", FolderHealthCheck("data folder", settings.data_dir))


def _models(container: "Container", settings: Settings) -> Iterator[Dependency]:
    for name, part in (
        ("language model", container.chat_model()),
        ("embedder", container.embedder()),
        ("reranker", container.reranker()),
        ("cast extractor", container.extractor()),
    ):
        if hasattr(part, "check"):  # one on a server, or with models to fetch
            yield Dependency(name, cast(HealthCheck, part), needed=False)
