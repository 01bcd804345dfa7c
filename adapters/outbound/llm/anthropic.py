"""Anthropic's messages (https://platform.claude.com/docs/en/api/messages)."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import anthropic
import httpx2
from anthropic.types import Message

from adapters.model_api import NO_CREDIT, error_of_status
from adapters.outbound.llm.alternation import alternating
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
    ModelRefused,
    ModelTimedOut,
    ModelUnavailable,
)
from domain.turn import FinishReason, Usage

KEY = "ANTHROPIC_API_KEY"
VENDOR = "Anthropic"

# An error told within a stream has the stream's status, 200; its type is what counts
# (https://platform.claude.com/docs/en/api/errors).
_STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_CUT = ("max_tokens", "model_context_window_exceeded")
_TOO_LONG = re.compile(r"prompt is too long|context (limit|window|length)", re.IGNORECASE)
_SPENT = "credit balance"
_NO_FORMAT = re.compile(r"output_config|output_format|structured output", re.IGNORECASE)

# What the SDK makes of an answer that is no JSON, no UTF-8, or of a form it does not expect.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)


class AnthropicChatModel:
    """ChatModel and TextModel. The vendor takes no temperature any more: it is left out."""

    is_generative = True

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._model = model
        self._read_seconds = read_seconds
        self._takes_schema = True  # older models do not: then the object is a tool's input
        self._client = anthropic.AsyncAnthropic(
            api_key=api_key,
            # Said even where it is the usual one: the SDK would look into the environment.
            base_url=base_url or "https://api.anthropic.com",
            max_retries=0,  # retried by ours
            timeout=anthropic.Timeout(read_seconds, connect=CONNECT_SECONDS),
            http_client=anthropic.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False),
        )

    @property
    def name(self) -> str:
        return f"anthropic/{self._model}"

    def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        prompt = prompt_of_turn(request)
        return streamed(lambda: self._say(prompt), self._read_seconds)

    async def complete(self, request: TextRequest) -> TextAnswer:
        prompt = prompt_of_text(request)
        if request.schema is not None and self._takes_schema:
            try:
                return await whole(lambda: self._say(prompt, in_schema=True), is_object=True)
            except _SchemaRefused:
                self._takes_schema = False
        return await whole(lambda: self._say(prompt), is_object=request.schema is not None)

    async def check(self) -> Health:
        return await health_of_model(self, self._client.base_url.host)

    async def aclose(self) -> None:
        await self._client.close()

    async def _say(
        self, prompt: Prompt, *, in_schema: bool = False
    ) -> AsyncGenerator[ModelOutput, None]:
        message: Message | None = None
        has_text = False
        try:
            # Leaving the block closes the response, which stops the work upstream.
            async with self._client.messages.stream(
                **self._parameters(prompt, in_schema)
            ) as events:
                async for event in events:
                    if event.type == "text":
                        piece = event.text
                    elif event.type == "input_json":
                        piece = event.partial_json
                    else:
                        piece = ""
                    if event.type == "message_stop":
                        message = event.message
                    if piece:
                        has_text = True
                        yield ModelText(piece)
        except anthropic.APIError as error:
            refused = isinstance(error, anthropic.BadRequestError)
            if in_schema and refused and _NO_FORMAT.search(error.message):
                raise _SchemaRefused from error
            raise self._translated(error) from error
        except httpx2.TimeoutException as error:  # the SDK lets through what befalls a stream
            raise ModelTimedOut(f"{VENDOR} did not answer in time; try again.") from error
        except httpx2.TransportError as error:
            raise ModelUnavailable(f"{VENDOR} cannot be reached; try again.") from error
        except _UNREADABLE as error:
            raise ModelFailed(f"{VENDOR} gave an answer that cannot be read.") from error
        yield self._finished(message, has_text=has_text)

    def _parameters(self, prompt: Prompt, in_schema: bool) -> dict[str, Any]:
        system, *others = prompt.messages
        parameters: dict[str, Any] = {
            "model": self._model,
            "max_tokens": prompt.max_output_tokens,
            "messages": [{"role": m.role, "content": m.content} for m in alternating(others)],
        }
        if system.content.strip():
            parameters["system"] = system.content
        if prompt.stop:
            parameters["stop_sequences"] = list(prompt.stop)
        if prompt.schema is not None:
            parameters |= _structure(prompt.schema, in_schema)
        return parameters

    def _finished(self, message: Message | None, *, has_text: bool) -> ModelFinished:
        if message is None or message.stop_reason is None:
            raise ModelFailed(BROKE_OFF)
        if message.stop_reason == "refusal":
            raise ModelRefused("The model declines to answer this.")
        if message.stop_reason == "model_context_window_exceeded" and not has_text:
            raise self._too_long()
        used = message.usage
        read = (used.input_tokens, used.cache_creation_input_tokens, used.cache_read_input_tokens)
        return ModelFinished(
            FinishReason.LENGTH if message.stop_reason in _CUT else FinishReason.STOP,
            Usage(sum(tokens or 0 for tokens in read), used.output_tokens or 0),
        )

    def _translated(self, error: anthropic.APIError) -> FalsafaError:
        if isinstance(error, anthropic.APITimeoutError):
            return ModelTimedOut(f"{VENDOR} did not answer in time; try again.")
        if isinstance(error, anthropic.APIConnectionError):
            return ModelUnavailable(f"{VENDOR} cannot be reached; try again.")
        if not isinstance(error, anthropic.APIStatusError):
            return ModelFailed(f"{VENDOR} gave an answer that cannot be read.")
        status = _STATUS_OF_TYPE.get(error.type or "", error.status_code)
        if status == 413 or (status == 400 and _TOO_LONG.search(error.message)):
            return self._too_long()
        if status == 400 and _SPENT in error.message:
            status = NO_CREDIT
        if status == 404:
            return ModelNotServed(f"{VENDOR} has no {self._model}; mend LLM_MODEL.")
        return error_of_status(
            500 if status < 400 else status, dict(error.response.headers), vendor=VENDOR, key=KEY
        )

    def _too_long(self) -> ContextOverflow:
        return ContextOverflow(f"{self._model} cannot read so much at once; ask something shorter.")


def _structure(schema: Mapping[str, Any], in_schema: bool) -> dict[str, Any]:
    if in_schema:
        format_ = {"type": "json_schema", "schema": anthropic.transform_schema(dict(schema))}
        return {"output_config": {"format": format_}}
    tool = {"name": "answer", "description": "Give the answer.", "input_schema": dict(schema)}
    return {"tools": [tool], "tool_choice": {"type": "tool", "name": "answer"}}


class _SchemaRefused(Exception):
    """This model takes no schema; never leaves the adapter."""
