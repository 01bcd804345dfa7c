"""OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat), and those of
any server that speaks as it does: vLLM, LM Studio, OpenRouter."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

import openai
from openai.types.chat import ChatCompletionChunk

from adapters.model_api import NO_CREDIT, error_of_status
from adapters.outbound.llm.answering import BROKE_OFF, health_of_model, streamed, whole
from adapters.outbound.llm.messages import Prompt, prompt_of_text, prompt_of_turn
from adapters.outbound.llm.openai_dialect import OpenAiDialect, Parameters
from adapters.outbound.llm.timeouts import CONNECT_SECONDS, READ_SECONDS
from application.ports.chat_model import ChatRequest, ModelFinished, ModelOutput, ModelText
from application.ports.health import Health
from application.ports.text_model import TextAnswer, TextRequest
from domain.errors import (
    ContextOverflow,
    FalsafaError,
    ModelFailed,
    ModelNotServed,
    ModelRefused,
    ModelTimedOut,
    ModelUnavailable,
)
from domain.turn import FinishReason, Usage

KEY = "OPENAI_API_KEY"

# What the SDK makes of an answer that is no JSON, no UTF-8, or of a form it does not expect.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)

_SPENT = ("insufficient_quota", "billing_hard_limit_reached")  # in a 429 of OpenAI's
_REFUSED = ("content_filter", "content_policy_violation")
_BROKEN = ("error", "abort")  # finish reasons of OpenRouter and of vLLM
# OpenAI has a code; compatible servers say it in words of their own.
_TOO_LONG = re.compile(r"context[_ ](length|window|size)", re.IGNORECASE)


class OpenAiChatModel:
    """ChatModel and TextModel.

    `base_url`: of a compatible server, with its version path: "http://127.0.0.1:8000/v1". Such a
    server may need no key.
    """

    is_generative = True

    def __init__(
        self,
        *,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._model = model
        self._read_seconds = read_seconds
        self._vendor = "The server at OPENAI_BASE_URL" if base_url else "OpenAI"
        self._dialect = OpenAiDialect(is_openai=base_url is None)
        self._client = openai.AsyncOpenAI(
            api_key=api_key or "none",
            # Said even where they are the usual ones: the SDK would look into the environment.
            base_url=base_url or "https://api.openai.com/v1",
            organization="",
            project="",
            max_retries=0,  # retried by ours
            timeout=openai.Timeout(read_seconds, connect=CONNECT_SECONDS),
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False),
        )

    @property
    def name(self) -> str:
        return f"openai/{self._model}"

    def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        prompt = prompt_of_turn(request)
        return streamed(lambda: self._say(prompt), self._read_seconds)

    async def complete(self, request: TextRequest) -> TextAnswer:
        prompt = prompt_of_text(request)
        return await whole(lambda: self._say(prompt), is_object=request.schema is not None)

    async def check(self) -> Health:
        return await health_of_model(self, self._client.base_url.host)

    async def aclose(self) -> None:
        await self._client.close()

    async def _say(self, prompt: Prompt) -> AsyncGenerator[ModelOutput, None]:
        usage, reason, refused = Usage(), "", False
        try:
            # Leaving the block closes the response, which stops the work upstream.
            async with await self._opened(prompt) as chunks:
                async for chunk in chunks:
                    if chunk.usage:  # after the last choice, with it, or never
                        used = chunk.usage
                        usage = Usage(used.prompt_tokens or 0, used.completion_tokens or 0)
                    for choice in chunk.choices[:1]:
                        if choice.delta.content:
                            yield ModelText(choice.delta.content)
                        refused = refused or bool(choice.delta.refusal)
                        reason = choice.finish_reason or reason
        except openai.APIError as error:
            if not reason:  # else the text is whole, and only its cost is unknown
                raise self._translated(error) from error
        except _UNREADABLE as error:
            raise ModelFailed(f"{self._vendor} gave an answer that cannot be read.") from error
        yield ModelFinished(self._ended(reason, refused=refused), usage)

    async def _opened(self, prompt: Prompt) -> openai.AsyncStream[ChatCompletionChunk]:
        tried: list[Parameters] = []
        while True:
            parameters = self._dialect.parameters(prompt)
            try:
                return await self._client.chat.completions.create(
                    model=self._model, stream=True, **parameters
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if _is_too_long(error):
                    raise
                tried.append(parameters)
                self._dialect.learn(parameters, error.param, f"{error.message} {error.body}")
                if self._dialect.parameters(prompt) in tried:
                    raise

    def _ended(self, reason: str, *, refused: bool) -> FinishReason:
        if not reason:
            raise ModelFailed(BROKE_OFF)
        if refused or reason in _REFUSED:
            raise ModelRefused("The model declines to answer this.")
        if reason in _BROKEN:
            raise ModelFailed(BROKE_OFF)
        return FinishReason.LENGTH if reason == "length" else FinishReason.STOP

    def _translated(self, error: openai.APIError) -> FalsafaError:
        if isinstance(error, openai.APITimeoutError):
            return ModelTimedOut(f"{self._vendor} did not answer in time; try again.")
        if isinstance(error, openai.APIConnectionError):
            return ModelUnavailable(f"{self._vendor} cannot be reached; try again.")
        if _is_too_long(error):
            return ContextOverflow(
                f"{self._model} cannot read so much at once; ask something shorter."
            )
        if error.code in _REFUSED or _is_moderated(error):
            return ModelRefused("The model declines to answer this.")
        if isinstance(error, openai.NotFoundError) or error.code == "model_not_found":
            return ModelNotServed(f"{self._vendor} has no {self._model}; mend LLM_MODEL.")
        if isinstance(error, openai.APIStatusError):
            status, headers = error.status_code, dict(error.response.headers)
        else:  # told within a stream, where some servers give the status as a code
            status, headers = _status(error.code), {}
        if error.code in _SPENT:
            status = NO_CREDIT
        return error_of_status(status, headers, vendor=self._vendor, key=KEY)


def _is_moderated(error: openai.APIError) -> bool:
    """OpenRouter's 403 for words that a moderator flagged (https://openrouter.ai/docs/errors)."""
    metadata = error.body.get("metadata") if isinstance(error.body, dict) else None
    return isinstance(metadata, dict) and "reasons" in metadata


def _is_too_long(error: openai.APIError) -> bool:
    said = f"{error.code} {error.type} {error.message}"
    too_large = isinstance(error, openai.APIStatusError) and error.status_code == 413
    return too_large or bool(_TOO_LONG.search(said))


def _status(code: str | None) -> int:
    if code == "rate_limit_exceeded":
        return 429
    return int(code) if code and re.fullmatch("[45][0-9][0-9]", code) else 500
