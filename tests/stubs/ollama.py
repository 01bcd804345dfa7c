"""A server that speaks as Ollama does (https://docs.ollama.com/api).

`python -m tests.stubs.ollama --port N` serves `OLLAMA_HOST=http://127.0.0.1:N`.
"""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tests.stubs.model_answers import object_fitting, reply_to
from tests.stubs.upstream import Answer, Exchange, Upstream, serve_until_stopped, upstream

MODEL = "gemma3:4b"
LINES = "application/x-ndjson"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Message(_Model):
    role: Literal["system", "user", "assistant"]
    content: str
    thinking: str | None = None


class Options(_Model):
    num_ctx: int
    num_predict: int
    stop: list[str]
    temperature: float | None = None


class ChatRequest(_Model):
    model: str
    messages: list[Message]
    tools: list[object] = []
    stream: Literal[True]
    format: dict[str, Any] | None = None
    options: Options


class Part(_Model):
    model: str = MODEL
    created_at: str = "2026-01-01T00:00:00.000000Z"
    message: Message
    done: bool = False
    done_reason: str | None = None
    total_duration: int | None = None
    load_duration: int | None = None
    prompt_eval_count: int | None = None
    prompt_eval_duration: int | None = None
    eval_count: int | None = None
    eval_duration: int | None = None


def line(part: Part | object) -> bytes:
    if isinstance(part, Part):
        part = part.model_dump(exclude_none=True)
    return json.dumps(part, ensure_ascii=False).encode() + b"\n"


def said(text: str, thinking: str | None = None) -> bytes:
    return line(Part(message=Message(role="assistant", content=text, thinking=thinking)))


def finished(reason: str = "stop", prompt_tokens: int = 40, tokens: int = 7) -> bytes:
    """The last part."""
    return line(
        Part(
            message=Message(role="assistant", content=""),
            done=True,
            done_reason=reason,
            total_duration=174_560_334,
            load_duration=101_397_084,
            prompt_eval_count=prompt_tokens,
            prompt_eval_duration=13_074_791,
            eval_count=tokens,
            eval_duration=52_479_709,
        )
    )


async def say(exchange: Exchange, *texts: str) -> None:
    """A whole answer."""
    await exchange.stream(LINES, *map(said, texts), finished())


async def answer_by_itself(exchange: Exchange) -> None:
    if exchange.path == "/api/tags":
        await exchange.whole(200, {"models": [{"model": MODEL, "name": MODEL}]})
        return
    request = ChatRequest.model_validate(exchange.body)
    if request.format is None:
        await say(exchange, *reply_to(request.messages[-1].content))
    else:
        await say(exchange, json.dumps(object_fitting(request.format)))


def ollama_stub(
    answer: Answer, *, as_published: bool = True
) -> AbstractAsyncContextManager[Upstream]:
    async def checked(exchange: Exchange) -> None:
        if exchange.path != "/api/tags":
            assert (exchange.method, exchange.path) == ("POST", "/api/chat")
            ChatRequest.model_validate(exchange.body)
        await answer(exchange)

    return upstream(checked, vendor="ollama", as_published=as_published)


if __name__ == "__main__":
    serve_until_stopped(answer_by_itself)
