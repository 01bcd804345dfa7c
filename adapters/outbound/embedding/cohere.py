"""Cohere's embeddings, the second version of the API (https://docs.cohere.com/reference/embed)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from typing import Any, Literal

import cohere
import httpx
import numpy as np
from cohere.core.api_error import ApiError
from cohere.core.parse_error import ParsingError

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
from domain.errors import FalsafaError, ModelFailed, ModelTimedOut, ModelUnavailable

DEFAULT_MODEL = "embed-v4.0"
KEY = "COHERE_API_KEY"
URL = "https://api.cohere.com"

# https://docs.cohere.com/docs/cohere-embed. Only the fourth generation takes `output_dimension`.
WIDTHS = {
    "embed-v4.0": (256, 512, 1024, 1536),
    "embed-english-v3.0": (1024,),
    "embed-multilingual-v3.0": (1024,),
    "embed-english-light-v3.0": (384,),
    "embed-multilingual-light-v3.0": (384,),
}
_OF_ONE_WIDTH = "-v3.0"  # how the names of models end that do not

# The API reference: at most 96 texts a call. 128,000 tokens is what the largest model reads of a
# text, and what we give it in all. It cuts a longer text at its end itself (`truncate`).
LIMITS = CallLimits(texts=96, bytes_in_all=128_000, bytes_a_text=128_000)

_UNREADABLE = (ValueError, TypeError, AttributeError)
_INPUT_TYPES: dict[EmbeddingKind, Literal["search_query", "search_document"]] = {
    "query": "search_query",
    "document": "search_document",
}


class CohereEmbedder:
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
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS), trust_env=False
        )
        self._client = cohere.AsyncClientV2(
            api_key,
            base_url=base_url or URL,
            max_retries=0,  # retried by ours
            httpx_client=self._http,
            log_warning_experimental_features=False,
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
        what = f"Cohere, {self._model}, {self._dimension} wide"
        return await health_of("embedder", what, lambda: self.embed(["Are you there?"], "query"))

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _call(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Row]:
        fixed = self._model.endswith(_OF_ONE_WIDTH)
        width: dict[str, Any] = {} if fixed else {"output_dimension": self._dimension}
        try:
            answer = await self._client.embed(
                model=self._model,
                input_type=_INPUT_TYPES[kind],
                texts=texts,
                # The SDK looks at each number of a list by itself, in Python: a second a call.
                embedding_types=["base64"],
                truncate="END",
                **width,
            )
            # The SDK does not check the form of what it was given.
            packed: Sequence[str] = answer.embeddings.base64 or ()
            return [np.frombuffer(b64decode(row), "<f4") for row in packed]
        except (ApiError, ParsingError, httpx.HTTPError, *_UNREADABLE) as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> FalsafaError:
        if isinstance(error, httpx.TimeoutException):
            return ModelTimedOut("Cohere did not answer in time; try again.")
        if isinstance(error, httpx.HTTPError):
            return ModelUnavailable("Cohere cannot be reached; try again.")
        status = error.status_code if isinstance(error, ApiError) else None
        if status is None or status < httpx.codes.MULTIPLE_CHOICES:
            return ModelFailed("Cohere's answer could not be read.")
        return error_of_status(
            status,
            (error.headers if isinstance(error, ApiError) else None) or {},
            vendor="Cohere",
            key=KEY,
            said=f"Does it have the model {self._model}? EMBEDDING_MODEL names it.",
        )
