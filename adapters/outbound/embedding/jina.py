"""Jina's embeddings (https://jina.ai/embeddings, https://api.jina.ai/openapi.json)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from adapters.model_api import error_of_status, health_of
from adapters.outbound.embedding.batching import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    CallLimits,
    Row,
    embed_in_calls,
    width_of,
)
from application.ports.embedder import EmbeddingKind, Vector
from application.ports.health import Health
from domain.errors import ModelFailed, ModelTimedOut, ModelUnavailable

DEFAULT_MODEL = "jina-embeddings-v3"
KEY = "JINA_API_KEY"
URL = "https://api.jina.ai"

# The models' pages: their vectors' beginnings are vectors too (Matryoshka), up to the full width.
WIDTHS = {"jina-embeddings-v3": range(1, 1025), "jina-embeddings-v4": range(1, 2049)}
_SECOND_GENERATION = "jina-embeddings-v2"  # how the names of models begin that know no tasks

# The page names no number of texts a call, and 8,192 tokens a text, of which it cuts the rest with
# `truncate`. A free key may have five calls open and send a million tokens a minute; so many texts
# at once keep well within that.
LIMITS = CallLimits(texts=128, bytes_in_all=200_000, bytes_a_text=65_536)

_TASKS: dict[EmbeddingKind, str] = {"query": "retrieval.query", "document": "retrieval.passage"}


class JinaEmbedder:
    """`base_url`: without a path. Raises Misconfigured for a width that the model is known not
    to give."""

    def __init__(
        self,
        *,
        api_key: str,
        model: str | None,
        dimension: int | None = None,
        base_url: str | None = None,
    ) -> None:
        self._model = model or DEFAULT_MODEL
        self._dimension = width_of(WIDTHS, self._model, dimension)
        self._client = httpx.AsyncClient(
            base_url=base_url or URL,
            headers={"authorization": f"Bearer {api_key}"},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
        )

    @property
    def model(self) -> str:
        return self._model

    @property
    def dimension(self) -> int:
        return self._dimension

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        """Raises ModelUnavailable and its kin, ModelFailed, Misconfigured."""

        async def call(some: Sequence[str]) -> list[Row]:
            return await self._call(some, kind)

        return await embed_in_calls(texts, kind, LIMITS, self._dimension, call)

    async def check(self) -> Health:
        what = f"Jina, {self._model}, {self._dimension} wide"
        return await health_of("embedder", what, lambda: self.embed(["Are you there?"], "query"))

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _call(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Row]:
        asked: dict[str, Any] = {"model": self._model, "input": list(texts), "truncate": True}
        if not self._model.startswith(_SECOND_GENERATION):
            asked |= {"task": _TASKS[kind], "dimensions": self._dimension}
        try:
            answer = await self._client.post("/v1/embeddings", json=asked)
        except httpx.TimeoutException as error:
            raise ModelTimedOut("Jina did not answer in time; try again.") from error
        except httpx.HTTPError as error:
            raise ModelUnavailable("Jina cannot be reached; try again.") from error
        if not answer.is_success:
            raise error_of_status(
                answer.status_code,
                answer.headers,
                vendor="Jina",
                key=KEY,
                said=f"Does it have the model {self._model}? EMBEDDING_MODEL names it.",
            )
        try:
            data = sorted(answer.json()["data"], key=lambda item: int(item["index"]))
            return [item["embedding"] for item in data]
        except (ValueError, KeyError, TypeError) as error:
            raise ModelFailed("Jina's answer could not be read.") from error
