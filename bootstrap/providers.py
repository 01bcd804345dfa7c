"""Providers by name. A new one is its adapter's file, and a line here.

The tables hold paths, not classes: a provider's module imports its vendor's SDK, and only the one
that is chosen should be imported.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr

from bootstrap.settings import Settings
from domain.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Provider:
    """An adapter's class, and which setting each argument of its constructor takes."""

    path: str  # "package.module:Class"
    arguments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def load(self) -> Any:
        module, _, name = self.path.partition(":")
        return getattr(import_module(module), name)

    def build(self, settings: Settings) -> Any:
        given = {name: _plain(getattr(settings, of)) for name, of in self.arguments.items()}
        return self.load()(**given)


CHAT_MODELS = {
    "extractive": Provider("adapters.outbound.llm.extractive:ExtractiveChatModel"),
    "ollama": Provider(
        "adapters.outbound.llm.ollama:OllamaChatModel",
        {
            "host": "ollama_host",
            "api_key": "ollama_api_key",
            "model": "llm_model",
            "context_tokens": "llm_context_tokens",
        },
    ),
}

EMBEDDERS = {
    "minilm": Provider(
        "adapters.outbound.embedding.minilm:MiniLmEmbedder",
        {"cache_dir": "models_dir", "threads": "embedding_threads"},
    ),
}

LOCAL_MODELS = Provider("adapters.outbound.llm.ollama:OllamaModels", {"host": "ollama_host"})


def chosen(table: Mapping[str, Provider], name: str, variable: str) -> Provider:
    """Raises Misconfigured for a name that the table lacks."""
    try:
        return table[name]
    except KeyError:
        raise Misconfigured(
            f"{variable}={name} is unknown. Choose one of: {', '.join(sorted(table))}."
        ) from None


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
