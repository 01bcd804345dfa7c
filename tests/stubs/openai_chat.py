"""A server that speaks as OpenAI's chat completions do, streamed
(https://platform.openai.com/docs/api-reference/chat).

`python -m tests.stubs.openai_chat --port N` serves `OPENAI_BASE_URL=http://127.0.0.1:N/v1`.
"""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tests.stubs.model_answers import object_fitting, reply_to
from tests.stubs.upstream import Answer, Exchange, Upstream, serve_until_stopped, upstream

MODEL = "gpt-4.1-mini"
EVENTS = "text/event-stream"
DONE = b"data: [DONE]\n\n"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChatMessage(_Model):
    role: Literal["system", "user", "assistant"]
    content: str


class StreamOptions(_Model):
    include_usage: bool


class ResponseFormat(_Model):
    type: Literal["json_schema", "json_object"]
    json_schema: dict[str, Any] | None = None


class ChatRequest(_Model):
    model: str
    messages: list[ChatMessage]
    stream: Literal[True]
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    stop: list[str] | None = None
    response_format: ResponseFormat | None = None


class Delta(_Model):
    role: Literal["assistant"] | None = None
    content: str | None = None
    refusal: str | None = None


class Choice(_Model):
    index: int = 0
    delta: Delta
    finish_reason: str | None = None
    logprobs: None = None


class Usage(_Model):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Chunk(_Model):
    id: str = "chatcmpl-1"
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int = 1_767_225_600
    model: str = MODEL
    choices: list[Choice]
    usage: Usage | None = None


def event(chunk: Chunk) -> bytes:
    written = chunk.model_dump(exclude={"usage", "choices"})
    written["choices"] = [_choice(choice) for choice in chunk.choices]
    if chunk.usage is not None:
        written["usage"] = chunk.usage.model_dump()
    return b"data: " + json.dumps(written, ensure_ascii=False).encode() + b"\n\n"


def said(text: str) -> bytes:
    return event(Chunk(choices=[Choice(delta=Delta(content=text))]))


def refused(text: str) -> bytes:
    return event(Chunk(choices=[Choice(delta=Delta(refusal=text))]))


def finished(reason: str = "stop") -> bytes:
    return event(Chunk(choices=[Choice(delta=Delta(), finish_reason=reason)]))


def used(prompt: int = 40, completion: int = 7) -> bytes:
    usage = Usage(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )
    return event(Chunk(choices=[], usage=usage))


def opened() -> bytes:
    """The first chunk: a role, and no text yet."""
    return event(Chunk(choices=[Choice(delta=Delta(role="assistant", content=""))]))


def error(message: str, code: str | None, kind: str = "invalid_request_error", **more: Any) -> Any:
    return {"error": {"message": message, "type": kind, "param": None, "code": code, **more}}


async def say(exchange: Exchange, *texts: str) -> None:
    """A whole answer."""
    pieces = (opened(), *map(said, texts), finished(), used(), DONE)
    await exchange.stream(EVENTS, *pieces)


async def answer_by_itself(exchange: Exchange) -> None:
    request = ChatRequest.model_validate(exchange.body)
    wanted = request.response_format
    if wanted is None:
        await say(exchange, *reply_to(request.messages[-1].content))
    else:
        schema = (wanted.json_schema or {}).get("schema", {"type": "object"})
        await say(exchange, json.dumps(object_fitting(schema)))


def openai_stub(
    answer: Answer, *, as_published: bool = True
) -> AbstractAsyncContextManager[Upstream]:
    """`url` without the version path."""

    async def checked(exchange: Exchange) -> None:
        assert (exchange.method, exchange.path) == ("POST", "/v1/chat/completions")
        ChatRequest.model_validate(exchange.body)
        await answer(exchange)

    return upstream(checked, vendor="openai", as_published=as_published)


def _choice(choice: Choice) -> dict[str, Any]:
    return {**choice.model_dump(), "delta": choice.delta.model_dump(exclude_none=True)}


if __name__ == "__main__":
    serve_until_stopped(answer_by_itself)
