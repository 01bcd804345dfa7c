"""The clients of the servers that settings name: one a process, for all that speak with it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bootstrap.lazily import load
from bootstrap.settings import Settings

if TYPE_CHECKING:
    from bootstrap.stores import Stores


def build_redis(settings: Settings) -> Any:
    return load("adapters.outbound.redis.client:RedisClient")(_told(settings.redis_url))


def build_supabase(settings: Settings) -> Any:
    return load("adapters.outbound.supabase.client:SupabaseClient")(
        settings.supabase_url,
        _told(settings.supabase_service_role_key),
        rest_path=settings.supabase_rest_path.rstrip("/"),
    )


def build_qdrant(settings: Settings) -> Any:
    return load("adapters.outbound.qdrant.client:QdrantConnection")(
        settings.qdrant_url, api_key=_told(settings.qdrant_api_key)
    )


def build_typesense(settings: Settings) -> Any:
    return load("adapters.outbound.typesense.client:TypesenseConnection")(
        settings.typesense_node_list, _told(settings.typesense_api_key)
    )


def clients_in_use(stores: "Stores", settings: Settings) -> Iterator[Any]:
    """Each has an `aclose`. None connects before it is first used."""
    if settings.uses_database:
        yield stores.database()
    if settings.queue == "redis":
        yield stores.redis()
    if settings.tables == "supabase":
        yield stores.supabase()
    if settings.vectors == "qdrant":
        yield stores.qdrant()
    if settings.keywords == "typesense":
        yield stores.typesense()


def _told(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
