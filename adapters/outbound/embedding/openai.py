"""OpenAI's embeddings (https://platform.openai.com/docs/api-reference/embeddings), and those of
any server that speaks as it does."""

from __future__ import annotations

from collections.abc import Sequence

import openai

from adapters.model_api import NO_CREDIT, error_of_status, health_of
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

DEFAULT_MODEL = "text-embedding-3-small"
KEY = "OPENAI_API_KEY"

# https://platform.openai.com/docs/guides/embeddings. Models of the third generation are trained
# so that a vector's beginning is a vector too; `dimensions` asks for one.
WIDTHS = {
    "text-embedding-ada-002": (1536,),
    "text-embedding-3-small": range(1, 1537),
    "text-embedding-3-large": range(1, 3073),
}
_SHORTENS = "text-embedding-3"  # in the name, whoever's prefix stands before it

# The API reference: at most 2,048 texts and 300,000 tokens a call, 8,192 tokens a text, and more
# is refused. We ask for no more texts at once than are answered within seconds.
LIMITS = CallLimits(texts=256, bytes_in_all=300_000, bytes_a_text=8_192)
# What the strictest of the compatible servers takes unless told otherwise: Text Embeddings
# Inference, `--max-client-batch-size`.
LIMITS_ELSEWHERE = CallLimits(texts=32, bytes_in_all=300_000, bytes_a_text=8_192)


class OpenAiEmbedder:
    """`base_url`: of a compatible server, with its version path: "http://127.0.0.1:11434/v1".

    Such a server may need no key, and its model gives vectors of one width, which must be
    `dimension`. Raises Misconfigured for a width that the model is known not to give.
    """

    def __init__(
        self,
        *,
        api_key: str | None,
        model: str | None,
        dimension: int | None = None,
        base_url: str | None = None,
    ) -> None:
        self._model = model or DEFAULT_MODEL
        self._vendor = "The server at OPENAI_BASE_URL" if base_url else "OpenAI"
        self._limits = LIMITS_ELSEWHERE if base_url else LIMITS
        self._dimension = width_of(WIDTHS, self._model, dimension)
        self._client = openai.AsyncOpenAI(
            api_key=api_key or "none",
            # Said even where it is the usual one: the SDK would look into the environment.
            base_url=base_url or "https://api.openai.com/v1",
            organization="",
            project="",
            max_retries=0,  # retried by ours
            timeout=openai.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False),
        )

    @property
    def model(self) -> str:
        return self._model

    @property
    def dimension(self) -> int:
        return self._dimension

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        """Raises ModelUnavailable and its kin, ModelFailed, Misconfigured. These models know
        no kinds: query and document are embedded alike."""
        return await embed_in_calls(texts, kind, self._limits, self._dimension, self._call)

    async def check(self) -> Health:
        what = f"{self._client.base_url.host}, {self._model}, {self._dimension} wide"
        return await health_of("embedder", what, lambda: self.embed(["Are you there?"], "query"))

    async def aclose(self) -> None:
        await self._client.close()

    async def _call(self, texts: Sequence[str]) -> list[Row]:
        dimensions = self._dimension if _SHORTENS in self._model else openai.omit
        try:
            # The SDK asks for base64 and unpacks it; a list of numbers it leaves as it is.
            answer = await self._client.embeddings.create(
                model=self._model, input=list(texts), dimensions=dimensions
            )
            data = sorted(answer.data, key=lambda item: item.index)
            return [item.embedding for item in data]
        except openai.APIError as error:
            raise self._translated(error) from error
        except (ValueError, TypeError, AttributeError) as error:  # what it makes of a wrong form
            raise ModelFailed(f"{self._vendor} gave an answer that cannot be read.") from error

    def _translated(self, error: openai.APIError) -> FalsafaError:
        if isinstance(error, openai.APITimeoutError):
            return ModelTimedOut(f"{self._vendor} did not answer in time; try again.")
        if isinstance(error, openai.APIConnectionError):
            return ModelUnavailable(f"{self._vendor} cannot be reached; try again.")
        if isinstance(error, openai.APIStatusError):
            has_credit = error.code != "insufficient_quota"  # a 429
            return error_of_status(
                error.status_code if has_credit else NO_CREDIT,
                error.response.headers,
                vendor=self._vendor,
                key=KEY,
                said=f"Does it have the model {self._model}? EMBEDDING_MODEL names it.",
            )
        return ModelFailed(f"{self._vendor} gave an answer that cannot be read.")
