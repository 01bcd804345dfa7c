"""Providers by name. A new one is its adapter's file, and a line here.

The tables hold paths, not classes: a provider's module imports its vendor's SDK, and only the one
that is chosen should be imported.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr

from bootstrap.lazily import load
from bootstrap.settings import Settings
from domain.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Provider:
    """An adapter's class, and which setting each argument of its constructor takes.

    `requires` names the settings without which it is half configured: then nothing starts. Of
    two with a bar between them one is enough.
    """

    path: str  # "package.module:Class"
    arguments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    requires: tuple[str, ...] = ()

    def load(self) -> Any:
        return load(self.path)

    def missing(self, settings: Settings) -> list[str]:
        """The variables that it requires and that are not set."""
        fields = Settings.model_fields
        return [
            str(fields[names[0]].validation_alias)
            for names in (alternatives.split("|") for alternatives in self.requires)
            if not any(getattr(settings, name) for name in names)
        ]

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
        requires=("llm_model",),
    ),
    "openai": Provider(
        "adapters.outbound.llm.openai:OpenAiChatModel",
        {"api_key": "openai_api_key", "base_url": "openai_base_url", "model": "llm_model"},
        requires=("llm_model", "openai_api_key|openai_base_url"),
    ),
    "anthropic": Provider(
        "adapters.outbound.llm.anthropic:AnthropicChatModel",
        {"api_key": "anthropic_api_key", "base_url": "anthropic_base_url", "model": "llm_model"},
        requires=("llm_model", "anthropic_api_key"),
    ),
}

EMBEDDERS = {
    "minilm": Provider(
        "adapters.outbound.embedding.minilm:MiniLmEmbedder",
        {"cache_dir": "models_dir", "threads": "embedding_threads"},
    ),
    "openai": Provider(
        "adapters.outbound.embedding.openai:OpenAiEmbedder",
        {
            "api_key": "openai_api_key",
            "model": "embedding_model",
            "dimension": "embedding_dimension",
            "base_url": "openai_base_url",
        },
        requires=("openai_api_key|openai_base_url",),
    ),
    "cohere": Provider(
        "adapters.outbound.embedding.cohere:CohereEmbedder",
        {
            "api_key": "cohere_api_key",
            "model": "embedding_model",
            "dimension": "embedding_dimension",
            "base_url": "cohere_base_url",
        },
        requires=("cohere_api_key",),
    ),
    "jina": Provider(
        "adapters.outbound.embedding.jina:JinaEmbedder",
        {
            "api_key": "jina_api_key",
            "model": "embedding_model",
            "dimension": "embedding_dimension",
            "base_url": "jina_base_url",
        },
        requires=("jina_api_key",),
    ),
}

# Without one, our own ranker has the last word.
RERANKERS = {
    "jina": Provider(
        "adapters.outbound.reranking.jina:JinaReranker",
        {"api_key": "jina_api_key", "model": "reranker_model", "base_url": "jina_base_url"},
        requires=("jina_api_key",),
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


def as_second(settings: Settings) -> Settings:
    """The settings as the fallback provider is to see them."""
    return settings.model_copy(update={"llm_model": settings.llm_fallback_model})


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
