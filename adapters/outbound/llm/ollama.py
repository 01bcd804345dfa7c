"""Ollama, on this machine or in its cloud (https://docs.ollama.com/api)."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import httpx
import ollama
import pydantic

from adapters.model_api import error_of_status
from adapters.outbound.llm.answering import BROKE_OFF, health_of_model, streamed, whole
from adapters.outbound.llm.messages import Prompt, prompt_of_text, prompt_of_turn
from adapters.outbound.llm.timeouts import CONNECT_SECONDS, READ_SECONDS
from application.ports.chat_model import ChatRequest, ModelFinished, ModelOutput, ModelText
from application.ports.health import Health
from application.ports.text_model import TextAnswer, TextRequest
from domain.errors import (
    ContextOverflow,
    FalsafaError,
    ModelFailed,
    ModelNotServed,
    ModelTimedOut,
    ModelUnavailable,
)
from domain.turn import FinishReason, Usage

KEY = "OLLAMA_API_KEY"
LOOK_SECONDS = 1.0

# A model's own tokens are known to Ollama alone. Models make one of four to five bytes of English
# and of most other scripts: what fits by this figure fits.
BYTES_A_TOKEN = 4.0

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
    """ChatModel and TextModel."""

    is_generative = True

    def __init__(
        self,
        *,
        host: str,
        model: str,
        context_tokens: int,
        api_key: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._model = model
        self._read_seconds = read_seconds
        self._context_tokens = context_tokens
        self._host = httpx.URL(host).host or host
        self._client = ollama.AsyncClient(
            host=host,
            timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
            headers={"authorization": f"Bearer {api_key}"} if api_key else None,
            trust_env=False,
            follow_redirects=False,
        )

    @property
    def name(self) -> str:
        return f"ollama/{self._model}"

    def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        prompt = prompt_of_turn(request)
        return streamed(lambda: self._say(prompt), self._read_seconds)

    async def complete(self, request: TextRequest) -> TextAnswer:
        prompt = prompt_of_text(request)
        return await whole(lambda: self._say(prompt), is_object=request.schema is not None)

    async def check(self) -> Health:
        return await health_of_model(self, self._host)

    async def aclose(self) -> None:
        await self._client.close()

    async def _say(self, prompt: Prompt) -> AsyncGenerator[ModelOutput, None]:
        self._check_length(prompt)
        try:
            parts = await self._client.chat(
                model=self._model,
                messages=[
                    {"role": m.role, "content": m.content} for m in prompt.messages if m.content
                ],
                stream=True,
                format=dict(prompt.schema) if prompt.schema is not None else None,
                options=self._options(prompt),
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
        raise ModelFailed(BROKE_OFF)

    def _options(self, prompt: Prompt) -> dict[str, object]:
        options: dict[str, object] = {
            "num_ctx": self._context_tokens,
            "num_predict": prompt.max_output_tokens,
            "stop": list(prompt.stop),
        }
        if prompt.temperature is not None:
            options["temperature"] = prompt.temperature
        return options

    def _check_length(self, prompt: Prompt) -> None:
        """Ollama drops what is over `num_ctx`, and does not say so."""
        size = sum(len(m.content.encode(errors="replace")) for m in prompt.messages)
        if size / BYTES_A_TOKEN + prompt.max_output_tokens > self._context_tokens:
            raise ContextOverflow(
                f"This and its answer would take more than {self._context_tokens} tokens. Ask "
                "something shorter; or, if the model can read more, raise "
                "FALSAFA_LLM_CONTEXT_TOKENS."
            )

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
            return ModelNotServed(
                f"Ollama does not have {self._model}. Fetch it: ollama pull {self._model}"
            )
        if error.status_code < 0:  # told within a stream
            return ModelFailed("Ollama failed while it answered; ask again.")
        # The client keeps no headers.
        return error_of_status(error.status_code, {}, vendor="Ollama", key=KEY)


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
