"""What a configuration must fulfil before anything starts: each failure names the line to add."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from bootstrap.providers import CHAT_MODELS, EMBEDDERS, RERANKERS, as_second, chosen
from bootstrap.settings import Settings
from bootstrap.spending import budget_of
from domain.errors import Misconfigured


def check_settings(settings: Settings) -> None:
    """Raises Misconfigured."""
    for problem in (
        *_of_access(settings),
        *_of_addresses(settings),
        *_of_keys(settings),
        *_of_stores(settings),
        *_of_models(settings),
    ):
        raise Misconfigured(problem)
    budget_of(settings)


def _of_access(settings: Settings) -> Iterator[str]:
    if settings.auth_mode == "key" and settings.backend_api_key is None:
        yield "AUTH_MODE=key needs a key. Add the line: BACKEND_API_KEY=<a long random string>"


def _of_addresses(settings: Settings) -> Iterator[str]:
    """Without its scheme an address is one that nobody answers at; a node's may be left out."""
    for variable, address in (
        ("SUPABASE_URL", settings.supabase_url),
        ("QDRANT_URL", settings.qdrant_url),
        *(("TYPESENSE_NODES", _with_scheme(node)) for node in settings.typesense_node_list),
        ("OPENAI_BASE_URL", settings.openai_base_url),
        ("ANTHROPIC_BASE_URL", settings.anthropic_base_url),
        ("COHERE_BASE_URL", settings.cohere_base_url),
        ("JINA_BASE_URL", settings.jina_base_url),
    ):
        if address and not _is_address(address):
            yield f"{variable} needs whole addresses. Mend the line: {variable}=https://<host>"
    if settings.typesense_nodes and not settings.typesense_node_list:
        yield "TYPESENSE_NODES names no node. Mend the line: TYPESENSE_NODES=https://<host>"


def _with_scheme(node: str) -> str:
    return node if "://" in node else f"http://{node}"


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # which fail for what can be none
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not any(map(str.isspace, text))


def _of_keys(settings: Settings) -> Iterator[str]:
    """What no header can carry would fail at each request, as if the server were away."""
    for variable, key in (
        ("QDRANT_API_KEY", settings.qdrant_api_key),
        ("TYPESENSE_API_KEY", settings.typesense_api_key),
        ("OPENAI_API_KEY", settings.openai_api_key),
        ("ANTHROPIC_API_KEY", settings.anthropic_api_key),
        ("OLLAMA_API_KEY", settings.ollama_api_key),
        ("COHERE_API_KEY", settings.cohere_api_key),
        ("JINA_API_KEY", settings.jina_api_key),
    ):
        text = key.get_secret_value() if key else ""
        if not (text.isascii() and text.isprintable()):
            yield (
                f"{variable} is no key: it holds a line's end, or what is no plain character. "
                "Copy it anew."
            )


def _of_stores(settings: Settings) -> Iterator[str]:
    if settings.supabase_url and not settings.supabase_service_role_key:
        yield (
            "SUPABASE_URL needs the project's service-role key. "
            "Add the line: SUPABASE_SERVICE_ROLE_KEY=<the key>"
        )
    if settings.typesense_nodes and not settings.typesense_api_key:
        yield "TYPESENSE_NODES needs a key. Add the line: TYPESENSE_API_KEY=<the key>"
    for key, variable, url in (
        (settings.supabase_service_role_key, "SUPABASE_SERVICE_ROLE_KEY", settings.supabase_url),
        (settings.supabase_bucket, "SUPABASE_BUCKET", settings.supabase_url),
        (settings.qdrant_api_key, "QDRANT_API_KEY", settings.qdrant_url),
        (settings.qdrant_collection, "QDRANT_COLLECTION", settings.qdrant_url),
        (settings.typesense_api_key, "TYPESENSE_API_KEY", settings.typesense_nodes),
    ):
        if key and not url:
            # Passed over, it would let data go where nobody looks for it.
            needed = _SERVER_OF[variable]
            yield f"{variable} is set without its server. Add the line: {needed}=<its address>"


_SERVER_OF = {
    "SUPABASE_SERVICE_ROLE_KEY": "SUPABASE_URL",
    "SUPABASE_BUCKET": "SUPABASE_URL",
    "QDRANT_API_KEY": "QDRANT_URL",
    "QDRANT_COLLECTION": "QDRANT_URL",
    "TYPESENSE_API_KEY": "TYPESENSE_NODES",
}


def _of_models(settings: Settings) -> Iterator[str]:
    for table, name, variable in (
        (CHAT_MODELS, settings.llm_provider, "LLM_PROVIDER"),
        (EMBEDDERS, settings.embedding_provider, "EMBEDDING_PROVIDER"),
        (RERANKERS, settings.chosen_reranker, "RERANKER"),
    ):
        if name is None:
            continue
        for missing in chosen(table, name, variable).missing(settings):
            yield f"{variable}={name} needs one line more. Add it: {missing}=<its value>"
    yield from _of_fallback(settings)
    models = {settings.llm_provider, settings.llm_fallback_provider} - {"extractive", None}
    if settings.persona_writer == "model" and not models:
        yield (
            "FALSAFA_PERSONA_WRITER=model needs a language model. "
            "Add the line: LLM_PROVIDER=<a provider>"
        )
    if settings.embedding_provider == "minilm" and settings.embedding_dimension not in (None, 384):
        yield "The built-in embedder gives 384 numbers. Add the line: EMBEDDING_DIMENSION=384"


def _of_fallback(settings: Settings) -> Iterator[str]:
    name = settings.llm_fallback_provider
    if name is None:
        if settings.llm_fallback_model:
            yield (
                "FALSAFA_LLM_FALLBACK_MODEL is set without its provider. "
                "Add the line: FALSAFA_LLM_FALLBACK_PROVIDER=<a provider>"
            )
        return
    if settings.llm_provider == "extractive":
        yield (
            "FALSAFA_LLM_FALLBACK_PROVIDER stands in for a first provider, and there is none. "
            f"Add the line: LLM_PROVIDER={name}"
        )
    second = as_second(settings)
    for missing in chosen(CHAT_MODELS, name, "FALSAFA_LLM_FALLBACK_PROVIDER").missing(second):
        line = "FALSAFA_LLM_FALLBACK_MODEL" if missing == "LLM_MODEL" else missing
        yield f"FALSAFA_LLM_FALLBACK_PROVIDER={name} needs: {line}=<its value>"


def check_listening(settings: Settings, host: str) -> None:
    """Beyond loopback, everyone who can reach the port could read and delete: ask for a key.

    Raises Misconfigured.
    """
    if settings.auth_mode == "off" and not _is_loopback(host):
        raise Misconfigured(
            f"Listening on {host} without a key would open the library to everybody. "
            "Add the lines: AUTH_MODE=key and BACKEND_API_KEY=<a long random string>"
        )


def check_data_folder(settings: Settings) -> None:
    """Make the data folder, unless it is there. Raises Misconfigured."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"The data folder {settings.data_dir} cannot be made ({error.strerror}). "
            "Name another one: FALSAFA_DATA_DIR=<a folder that can be written>"
        ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
