"""Parts that need more than their constructor: a choice by name, or settings in another form."""

import os
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from adapters.inbound.http.config import HttpConfig
from adapters.outbound.download.http_source import HttpBookSource
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.sqlite.backup import LocalMaintenance
from application.chat_limits import ChatLimits
from application.late_interaction import LateInteraction
from application.older_book import OlderBook
from application.persona_writer import PersonaWriter
from application.ports.book_source import BookSource
from application.ports.cache import Cache
from application.ports.chat_model import ChatModel
from application.ports.embedder import Embedder
from application.ports.local_models import LocalModels
from application.ports.metrics import Metrics
from application.ports.older_content import OlderCharacters, OlderPassages
from application.ports.reranker import Reranker
from application.ports.text_model import TextModel
from application.ports.token_counter import TokenCounter
from application.ports.token_vectors import TokenEncoder, TokenVectorStore
from application.rewrite_query import RewriteQuery
from bootstrap.lazily import load
from bootstrap.providers import CHAT_MODELS, EMBEDDERS, LOCAL_MODELS, RERANKERS, as_second, chosen
from bootstrap.settings import Settings
from domain.errors import Misconfigured

if TYPE_CHECKING:
    from bootstrap.container import Container
    from bootstrap.server import Server

_FALLBACK = "adapters.outbound.llm.fallback"


def build_language_models(settings: Settings) -> list[Any]:
    """The provider that is asked, and the one that stands in for it, if there is one."""
    models = [chosen(CHAT_MODELS, settings.llm_provider, "LLM_PROVIDER").build(settings)]
    if name := settings.llm_fallback_provider:
        second = chosen(CHAT_MODELS, name, "FALSAFA_LLM_FALLBACK_PROVIDER")
        models.append(second.build(as_second(settings)))
    return models


def build_chat_model(models: Sequence[Any]) -> ChatModel:
    if len(models) == 1:
        return cast(ChatModel, models[0])
    return cast(ChatModel, load(f"{_FALLBACK}:FallbackChatModel")(*models))


def build_text_model(models: Sequence[Any]) -> TextModel | None:
    """The same models as a tool of ours; None where none of them can be one."""
    able = [model for model in models if hasattr(model, "complete")]
    if len(able) < 2:
        return cast(TextModel, able[0]) if able else None
    return cast(TextModel, load(f"{_FALLBACK}:FallbackTextModel")(*able))


def build_persona_writer(
    settings: Settings, model: TextModel | None, tokens: TokenCounter
) -> PersonaWriter | None:
    """None: personas are composed by rule."""
    if model is None or settings.persona_writer == "profile":
        return None
    return PersonaWriter(model=model, tokens=tokens)


def build_paid_embedder(settings: Settings, embedder: Embedder) -> str | None:
    """The embedder's name where it costs money."""
    return None if settings.embedding_provider == "minilm" else embedder.model


def build_embedder(settings: Settings) -> Embedder:
    provider = chosen(EMBEDDERS, settings.embedding_provider, "EMBEDDING_PROVIDER")
    return cast(Embedder, provider.build(settings))


def build_late_interaction(embedder: Embedder, store: TokenVectorStore) -> LateInteraction | None:
    """None where the embedder gives a vector of a whole text alone, as APIs do."""
    if not hasattr(embedder, "encode"):
        return None
    return LateInteraction(encoder=cast(TokenEncoder, embedder), store=store)


def build_reranker(settings: Settings) -> Reranker | None:
    if settings.chosen_reranker is None:
        return None
    provider = chosen(RERANKERS, settings.chosen_reranker, "RERANKER")
    return cast(Reranker, provider.build(settings))


def build_rewrite_query(
    model: TextModel | None, cache: Cache, metrics: Metrics
) -> RewriteQuery | None:
    """None: a message is searched for as it stands."""
    return RewriteQuery(model=model, cache=cache, metrics=metrics) if model else None


def build_older_book(
    characters: OlderCharacters | None,
    passages: OlderPassages | None,
    *,
    tokens: TokenCounter,
    limits: ChatLimits,
) -> OlderBook | None:
    """None where no older backend can have been."""
    if characters is None:
        return None
    return OlderBook(characters=characters, passages=passages, tokens=tokens, limits=limits)


def build_local_models(settings: Settings) -> LocalModels:
    return cast(LocalModels, LOCAL_MODELS.build(settings))


def build_parsing_limits(settings: Settings) -> ParsingLimits:
    return ParsingLimits(
        max_file_bytes=settings.max_file_bytes,
        max_text_chars=settings.max_text_chars,
        seconds=settings.max_parse_seconds,
    )


def build_maintenance(settings: Settings) -> LocalMaintenance:
    """What cannot be made again: not the models, which are built from installed packages.

    Raises Misconfigured where what matters most is not kept here.
    """
    if settings.tables != "embedded":
        raise Misconfigured(
            "A backup is of the data folder, but books and conversations are kept at SUPABASE_URL."
            " Back that server up by its own means, and the data folder as files."
        )
    folders = {
        "blobs": settings.blobs_dir,
        "texts": settings.texts_dir,
        "prompts": settings.prompts_dir,
    }
    return LocalMaintenance(settings.database_path, folders)


def build_server(container: "Container", settings: Settings) -> "Server":
    # Only the server pays for importing FastAPI and its routes.
    from bootstrap.server import Server

    return Server(container, settings)


def build_book_source(settings: Settings) -> BookSource:
    return HttpBookSource(settings.max_file_bytes, private_hosts=settings.private_host_list)


def build_http_config(settings: Settings) -> HttpConfig:
    key = settings.backend_api_key
    return HttpConfig(
        auth_mode=settings.auth_mode,
        api_key=key.get_secret_value() if key else None,
        cors_origins=settings.cors_origin_list,
        max_upload_bytes=settings.max_file_bytes,
    )


def worker_id() -> str:
    """Tells whose lease it is, in the queue and the log."""
    return f"{socket.gethostname()}-{os.getpid()}"
