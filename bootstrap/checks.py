"""What a configuration must fulfil before anything starts: each failure names the line to add."""

import ipaddress
from collections.abc import Mapping

from bootstrap.settings import Settings
from domain.errors import Misconfigured

# Variables of deployments whose parts this version does not have. Ignoring one would let data go
# where nobody looks for it, so their presence stops the start.
NOT_SERVED = {
    "REDIS_URL": "the queue is the embedded one",
    "SUPABASE_URL": "the tables are the embedded ones",
    "QDRANT_URL": "vectors are searched in the data folder",
    "TYPESENSE_NODES": "words are searched in the data folder",
}


def check_settings(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raises Misconfigured."""
    for name, instead in NOT_SERVED.items():
        if environment.get(name):
            raise Misconfigured(f"{name} is set, but in this version {instead}: unset {name}.")
    if settings.auth_mode == "key" and settings.backend_api_key is None:
        raise Misconfigured(
            "AUTH_MODE=key needs a key. Add the line: BACKEND_API_KEY=<a long random string>"
        )
    if settings.embedding_provider == "minilm" and settings.embedding_dimension != 384:
        raise Misconfigured(
            "The built-in embedder gives 384 numbers. Add the line: EMBEDDING_DIMENSION=384"
        )
    if settings.llm_provider == "ollama" and not settings.llm_model:
        raise Misconfigured(
            "LLM_PROVIDER=ollama needs a model. Add the line: LLM_MODEL=<one of `ollama list`>"
        )


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
