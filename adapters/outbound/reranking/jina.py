"""Jina's rerankers (https://jina.ai/reranker, https://api.jina.ai/openapi.json)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx

from adapters.model_api import error_of_status, health_of
from application.ports.health import Health
from application.retrying import READER_WAITS, retried
from domain.errors import ModelFailed, ModelTimedOut, ModelUnavailable
from domain.passage import Passage
from domain.span import Span

DEFAULT_MODEL = "jina-reranker-v3"
KEY = "JINA_API_KEY"
URL = "https://api.jina.ai"

CONNECT_SECONDS = 3.0
SECONDS = 8.0  # one call: a reader waits, and our own order is there already


class JinaReranker:
    """Passages are judged side by side, by their words and the context that the search knows.

    A search gives it some fifty passages of at most a page: far below what the model reads at once
    (131,072 tokens for v3). `base_url`: without a path.
    """

    def __init__(
        self, *, api_key: str, model: str | None = DEFAULT_MODEL, base_url: str | None = None
    ) -> None:
        self._model = model or DEFAULT_MODEL
        self._client = httpx.AsyncClient(
            base_url=base_url or URL,
            headers={"authorization": f"Bearer {api_key}"},
            timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
        )

    @property
    def name(self) -> str:
        return f"jina/{self._model}"

    async def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[int]:
        """Raises ModelUnavailable and its kin, ModelFailed."""
        if not passages or limit < 1:
            return []
        documents = [_document(passage) for passage in passages]
        order = await retried(lambda: self._in_time(query, documents, limit), READER_WAITS)
        if len(set(order)) < len(order) or not all(0 <= p < len(passages) for p in order):
            raise ModelFailed("Jina's reranker named passages that it was not given.")
        return order[:limit]

    async def check(self) -> Health:
        passage = Passage(0, Span(0, 1), 0, "I am here.")
        what = f"Jina, {self._model}"
        return await health_of("reranker", what, lambda: self.rerank("Where?", [passage], 1))

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _in_time(self, query: str, documents: Sequence[str], limit: int) -> list[int]:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._call(query, documents, limit)
        except TimeoutError as error:
            raise ModelTimedOut("Jina's reranker did not answer in time.") from error

    async def _call(self, query: str, documents: Sequence[str], limit: int) -> list[int]:
        asked = {
            "model": self._model,
            "query": query.encode("utf-8", "replace").decode(),  # a lone surrogate is no UTF-8
            "documents": documents,
            "top_n": min(limit, len(documents)),
            "return_documents": False,
        }
        try:
            answer = await self._client.post("/v1/rerank", json=asked)
        except httpx.TimeoutException as error:
            raise ModelTimedOut("Jina's reranker did not answer in time.") from error
        except httpx.HTTPError as error:
            raise ModelUnavailable("Jina's reranker cannot be reached.") from error
        if not answer.is_success:
            raise error_of_status(
                answer.status_code,
                answer.headers,
                vendor="Jina",
                key=KEY,
                said=f"Does it have the model {self._model}? RERANKER_MODEL names it.",
            )
        try:
            best_first = sorted(
                answer.json()["results"], key=lambda r: -float(r["relevance_score"])
            )
            return [int(result["index"]) for result in best_first]
        except (ValueError, KeyError, TypeError) as error:
            raise ModelFailed("Jina's reranker gave an answer that could not be read.") from error


def _document(passage: Passage) -> str:
    """The context, a chapter's title say, before the text."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text
