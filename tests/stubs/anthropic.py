"""A server that speaks as Anthropic's messages do, streamed. The vendor publishes no OpenAPI
document; this is what its pages say (https://platform.claude.com/docs/en/api/messages,
.../build-with-claude/streaming, .../api/errors, .../build-with-claude/structured-outputs).

| What | As published |
|---|---|
| request | POST /v1/messages; headers `anthropic-version`, and the key as `authorization: Bearer` (older: `x-api-key`) |
| its body | `model`, `max_tokens` (required, >= 0), `messages` (required), `system`, `stream`, `stop_sequences`, `tools`, `tool_choice`, `output_config.format` {type: json_schema, schema}; no role "system" among the messages |
| messages | roles `user` and `assistant`; content not empty; a last message of the assistant is a prefill, which newer models refuse |
| events, in order | `message_start` (a Message with empty content, its usage so far), then for each block `content_block_start`, `content_block_delta`..., `content_block_stop`, then `message_delta` (stop_reason, usage in total), `message_stop`; `ping` anywhere |
| deltas | `text_delta` {text}, `input_json_delta` {partial_json}, `thinking_delta`, `signature_delta` |
| stop_reason | end_turn, max_tokens, stop_sequence, tool_use, pause_turn, refusal, model_context_window_exceeded |
| usage | `input_tokens` without `cache_creation_input_tokens` and `cache_read_input_tokens`; `output_tokens` cumulative |
| error | {type: "error", error: {type, message}}; 400 invalid_request_error, 401 authentication_error, 402 billing_error, 403 permission_error, 404 not_found_error, 413 request_too_large, 429 rate_limit_error with `retry-after`, 500 api_error, 504 timeout_error, 529 overloaded_error |
| error in a stream | `event: error` with that body, though the status was 200 |

`python -m tests.stubs.anthropic --port N` serves `ANTHROPIC_BASE_URL=http://127.0.0.1:N`.
"""  # noqa: E501 (a table's row is one line)

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tests.stubs.model_answers import object_fitting, reply_to
from tests.stubs.upstream import Answer, Exchange, Upstream, serve_until_stopped, upstream

MODEL = "claude-sonnet-5"
EVENTS = "text/event-stream"
PING = b'event: ping\ndata: {"type": "ping"}\n\n'


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageParam(_Model):
    role: Literal["user", "assistant"]
    content: Annotated[str, Field(pattern=r"\S")]


class Format(_Model):
    type: Literal["json_schema"]
    schema_: dict[str, Any] = Field(alias="schema")


class OutputConfig(_Model):
    format: Format


class Tool(_Model):
    name: str
    description: str
    input_schema: dict[str, Any]


class ToolChoice(_Model):
    type: Literal["tool"]
    name: str


class MessagesRequest(_Model):
    model: str
    max_tokens: int = Field(ge=0)
    messages: list[MessageParam] = Field(min_length=1)
    stream: Literal[True]
    system: Annotated[str, Field(pattern=r"\S")] | None = None
    stop_sequences: list[str] | None = None
    output_config: OutputConfig | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None

    @model_validator(mode="after")
    def roles_alternate(self) -> MessagesRequest:
        roles = [message.role for message in self.messages]
        assert roles == [("user", "assistant")[i % 2] for i in range(len(roles))]
        assert roles[-1] == "user"
        return self


def event(kind: str, **data: object) -> bytes:
    body = json.dumps({"type": kind, **data}, ensure_ascii=False)
    return f"event: {kind}\ndata: {body}\n\n".encode()


def started(prompt_tokens: int = 30, cached: int = 10) -> bytes:
    usage = {
        "input_tokens": prompt_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached,
        "output_tokens": 1,
    }
    message: dict[str, object] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    return event("message_start", message=message)


def block(index: int = 0, **block: object) -> bytes:
    return event(
        "content_block_start", index=index, content_block=block or {"type": "text", "text": ""}
    )


def said(text: str, index: int = 0) -> bytes:
    return delta(index, type="text_delta", text=text)


def delta(index: int, **delta: object) -> bytes:
    return event("content_block_delta", index=index, delta=delta)


def ended(index: int = 0) -> bytes:
    return event("content_block_stop", index=index)


def finished(reason: str = "end_turn", tokens: int = 7) -> bytes:
    """The last two events."""
    delta = {"stop_reason": reason, "stop_sequence": None}
    return event("message_delta", delta=delta, usage={"output_tokens": tokens}) + event(
        "message_stop"
    )


def error(kind: str, message: str = "its own words, which may hold the prompt") -> Any:
    return {"type": "error", "error": {"type": kind, "message": message}}


def failed(kind: str) -> bytes:
    """An error within a stream."""
    return b"event: error\ndata: " + json.dumps(error(kind)).encode() + b"\n\n"


async def say(exchange: Exchange, *texts: str) -> None:
    """A whole answer."""
    pieces = (started(), block(), PING, *map(said, texts), ended(), finished())
    await exchange.stream(EVENTS, *pieces)


async def fill_tool(exchange: Exchange, *pieces: str) -> None:
    """A whole answer as the input of the tool that was asked for."""
    tool: dict[str, object] = {"type": "tool_use", "id": "toolu_1", "name": "answer", "input": {}}
    parts = (delta(0, type="input_json_delta", partial_json=piece) for piece in pieces)
    await exchange.stream(
        EVENTS, started(), block(0, **tool), *parts, ended(), finished("tool_use")
    )


async def answer_by_itself(exchange: Exchange) -> None:
    request = MessagesRequest.model_validate(exchange.body)
    if request.output_config is not None:
        await say(exchange, json.dumps(object_fitting(request.output_config.format.schema_)))
    elif request.tools:
        await fill_tool(exchange, json.dumps(object_fitting(request.tools[0].input_schema)))
    else:
        await say(exchange, *reply_to(request.messages[-1].content))


def anthropic_stub(answer: Answer) -> AbstractAsyncContextManager[Upstream]:
    async def checked(exchange: Exchange) -> None:
        assert (exchange.method, exchange.path) == ("POST", "/v1/messages")
        assert exchange.headers["anthropic-version"]
        assert exchange.headers["authorization"].startswith("Bearer ")
        MessagesRequest.model_validate(exchange.body)
        await answer(exchange)

    return upstream(checked)


if __name__ == "__main__":
    serve_until_stopped(answer_by_itself)
