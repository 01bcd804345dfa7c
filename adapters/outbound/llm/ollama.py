"""Ollama, on this machine or in its cloud (https://docs.ollama.com/api)."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import httpx
import ollama
import pydantic

from adapters.outbound.llm.messages import as_messages
from application.ports.chat_model import ChatRequest, ModelFinished, ModelOutput, ModelText
from domain.errors import (
    FalsafaError,
    ModelFailed,
    ModelRateLimited,
    ModelTimedOut,
    ModelUnavailable,
)
from domain.turn import FinishReason, Usage

CONNECT_SECONDS = 5.0
READ_SECONDS = 120.0  # a cold model is loaded before its first token
LOOK_SECONDS = 1.0

# What the client lets through of httpx and of its own: all that can come of a request. The last
# three are what it makes of an answer that is JSON, but not of the form it expects.
_FAILURES = (
    ollama.ResponseError,
    httpx.HTTPError,
    ConnectionError,
    json.JSONDecodeError,
    pydantic.ValidationError,
    AttributeError,
    TypeError,
)


class OllamaChatModel:
    is_generative = True

    def __init__(
        self, *, host: str, model: str, context_tokens: int, api_key: str | None = None
    ) -> None:
        self._model = model
        self._context_tokens = context_tokens
        self._client = ollama.AsyncClient(
            host=host,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            headers={"authorization": f"Bearer {api_key}"} if api_key else None,
            trust_env=False,
            follow_redirects=False,
        )

    @property
    def name(self) -> str:
        return f"ollama/{self._model}"

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        try:
            parts = await self._client.chat(
                model=self._model,
                messages=[{"role": m.role, "content": m.content} for m in as_messages(request)],
                stream=True,
                options={
                    # Ollama cuts a prompt that is longer than this, and does not say so.
                    "num_ctx": self._context_tokens,
                    "num_predict": request.max_output_tokens,
                    "stop": list(request.stop),
                },
            )
            # Closing the outer iterator closes the response, which stops the work upstream.
            async with aclosing(parts) as answer:  # type: ignore[type-var]
                async for part in answer:
                    if part.message.content:
                        yield ModelText(part.message.content)
                    if part.done:
                        yield self._finished(part)
                        return
        except _FAILURES as error:
            raise self._translated(error) from error
        raise ModelFailed("The model's answer broke off; ask again.")

    async def aclose(self) -> None:
        await self._client.close()

    def _finished(self, part: ollama.ChatResponse) -> ModelFinished:
        usage = Usage(part.prompt_eval_count or 0, part.eval_count or 0)
        cut = part.done_reason == "length" or usage.prompt_tokens >= self._context_tokens
        return ModelFinished(FinishReason.LENGTH if cut else FinishReason.STOP, usage)

    def _translated(self, error: Exception) -> FalsafaError:
        if isinstance(error, httpx.TimeoutException):
            return ModelTimedOut("Ollama did not answer in time; try again.")
        if isinstance(error, ConnectionError | httpx.TransportError):
            return ModelUnavailable("Ollama does not answer. Is `ollama serve` running?")
        if not isinstance(error, ollama.ResponseError):
            return ModelFailed("Ollama's answer could not be read.")
        if error.status_code == httpx.codes.NOT_FOUND:
            return ModelUnavailable(
                f"Ollama does not have {self._model}. Fetch it: ollama pull {self._model}"
            )
        if error.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return ModelRateLimited("Ollama has too many requests; try again in a moment.")
        if error.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return ModelFailed("Ollama refused the key; mend OLLAMA_API_KEY.")
        if error.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return ModelUnavailable("Ollama failed; try again.")
        return ModelFailed("Ollama could not answer this request.")


class OllamaModels:
    """LocalModels: what an Ollama server has, if one answers."""

    def __init__(self, host: str) -> None:
        self._host = host

    async def installed(self) -> Sequence[str]:
        client = ollama.AsyncClient(host=self._host, timeout=LOOK_SECONDS, trust_env=False)
        try:
            answer = await client.list()
        except _FAILURES:
            return ()  # no server is an answer too: there are none
        finally:
            await client.close()
        return tuple(model.model for model in answer.models if model.model)
