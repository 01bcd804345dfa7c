"""Parts that need more than their constructor: a choice by name, or settings put into their form."""

import os
import socket
from typing import cast

from adapters.inbound.http.config import HttpConfig
from application.ports.chat_model import ChatModel
from application.ports.embedder import Embedder
from application.ports.local_models import LocalModels
from bootstrap.providers import CHAT_MODELS, EMBEDDERS, LOCAL_MODELS, chosen
from bootstrap.settings import Settings


def build_chat_model(settings: Settings) -> ChatModel:
    provider = chosen(CHAT_MODELS, settings.llm_provider, "LLM_PROVIDER")
    return cast(ChatModel, provider.build(settings))


def build_embedder(settings: Settings) -> Embedder:
    provider = chosen(EMBEDDERS, settings.embedding_provider, "EMBEDDING_PROVIDER")
    return cast(Embedder, provider.build(settings))


def build_local_models(settings: Settings) -> LocalModels:
    return cast(LocalModels, LOCAL_MODELS.build(settings))


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
