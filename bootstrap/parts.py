"""Parts that need more than their constructor: a choice by name, or settings in another form."""

import os
import socket
from typing import TYPE_CHECKING, cast

from adapters.inbound.http.config import HttpConfig
from adapters.outbound.download.http_source import HttpBookSource
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.sqlite.backup import LocalMaintenance
from application.ports.book_source import BookSource
from application.ports.chat_model import ChatModel
from application.ports.embedder import Embedder
from application.ports.local_models import LocalModels
from application.ports.reranker import Reranker
from application.ports.text_model import TextModel
from bootstrap.lazily import load
from bootstrap.providers import CHAT_MODELS, EMBEDDERS, LOCAL_MODELS, RERANKERS, as_second, chosen
from bootstrap.settings import Settings

if TYPE_CHECKING:
    from bootstrap.container import Container
    from bootstrap.server import Server


def build_chat_model(settings: Settings) -> ChatModel:
    first = chosen(CHAT_MODELS, settings.llm_provider, "LLM_PROVIDER").build(settings)
    if settings.llm_fallback_provider is None:
        return cast(ChatModel, first)
    name = settings.llm_fallback_provider
    second = chosen(CHAT_MODELS, name, "FALSAFA_LLM_FALLBACK_PROVIDER").build(as_second(settings))
    return cast(ChatModel, load("adapters.outbound.llm.fallback:FallbackChatModel")(first, second))


def build_text_model(chat_model: ChatModel) -> TextModel | None:
    """The same model as a tool of ours; None where it can only quote the book."""
    return cast(TextModel, chat_model) if chat_model.is_generative else None


def build_embedder(settings: Settings) -> Embedder:
    provider = chosen(EMBEDDERS, settings.embedding_provider, "EMBEDDING_PROVIDER")
    return cast(Embedder, provider.build(settings))


def build_reranker(settings: Settings) -> Reranker | None:
    if settings.chosen_reranker is None:
        return None
    provider = chosen(RERANKERS, settings.chosen_reranker, "RERANKER")
    return cast(Reranker, provider.build(settings))


def build_local_models(settings: Settings) -> LocalModels:
    return cast(LocalModels, LOCAL_MODELS.build(settings))


def build_parsing_limits(settings: Settings) -> ParsingLimits:
    return ParsingLimits(
        max_file_bytes=settings.max_file_bytes,
        max_text_chars=settings.max_text_chars,
        seconds=settings.max_parse_seconds,
    )


def build_maintenance(settings: Settings) -> LocalMaintenance:
    """What cannot be made again: not the models, which are built from installed packages."""
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
