"""Anthropic's adapter, through the real client, against a server that speaks as Anthropic does."""

import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.outbound.llm.anthropic import AnthropicChatModel
from application.ports.chat_model import ChatModel, ModelFinished, ModelText
from domain.conversation import Message, Role
from domain.errors import (
    ContextOverflow,
    FalsafaError,
    ModelFailed,
    ModelNotServed,
    ModelRateLimited,
    ModelRefused,
    ModelTimedOut,
    ModelUnavailable,
)
from domain.ids import MessageId, SessionId, TurnId
from domain.turn import FinishReason, Usage
from tests.contract.remote_models import LONG_AGO, OWN_WORDS, RemoteModelContract, Vendor, all_of
from tests.contract.test_chat_model import ChatModelContract, a_request
from tests.contract.test_text_model import REQUEST, SCHEMA, RemoteTextModelContract
from tests.stubs import anthropic as stub
from tests.stubs.upstream import Answer, Exchange, Upstream

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
}


class AnthropicStubbed(Vendor):
    key = "ANTHROPIC_API_KEY"
    media_type = stub.EVENTS
    keep_alive = stub.PING

    def serve(
        self, answer: Answer, *, as_published: bool = True
    ) -> AbstractAsyncContextManager[Upstream]:
        return stub.anthropic_stub(answer)

    def model_at(self, url: str, read_seconds: float = LONG_AGO) -> AnthropicChatModel:
        return AnthropicChatModel(
            model=stub.MODEL, api_key="a-key", base_url=url, read_seconds=read_seconds
        )

    def said(self, *texts: str) -> bytes:
        return stub.started() + stub.block() + b"".join(map(stub.said, texts))

    def ended(self, *, cut: bool = False) -> bytes:
        return stub.ended() + stub.finished("max_tokens" if cut else "end_turn")

    def error(self, status: int) -> object:
        return stub.error(TYPES.get(status, "unheard_of"), OWN_WORDS)

    def stops(self, body: Any) -> Sequence[str]:
        stops: list[str] = body["stop_sequences"]
        return stops


def a_message(role: Role, content: str) -> Message:
    return Message(
        id=MessageId("m"),
        session_id=SessionId("s"),
        turn_id=TurnId("t"),
        role=role,
        content=content,
        created_at=datetime.now(UTC),
    )


class TestAnthropicChatModel(AnthropicStubbed, RemoteModelContract):
    async def test_the_system_stands_apart_and_the_key_goes_along(self) -> None:
        async with self.talking(self.good_evening) as (model, server):
            await all_of(model)

        (request,) = server.requests
        assert request.headers["authorization"] == "Bearer a-key"
        assert request.body["system"] == a_request().system
        assert request.body["max_tokens"] == a_request().max_output_tokens
        assert "temperature" not in request.body
        assert '<passage number="1"' in request.body["messages"][-1]["content"]
        assert model.name == f"anthropic/{stub.MODEL}"

    async def test_roles_alternate_and_a_user_begins_whatever_was_kept_of_a_conversation(
        self,
    ) -> None:
        history = (
            a_message(Role.ASSISTANT, "Good evening."),
            a_message(Role.USER, "Who are you?"),
            a_message(Role.USER, "Well?"),
            a_message(Role.ASSISTANT, " "),
        )
        async with self.talking(self.good_evening) as (model, server):
            request = replace(a_request("Hello?"), history=history, evidence=(), own_lines=())
            assert [output async for output in model.stream(request)]

        assert server.requests[0].body["messages"] == [
            {"role": "user", "content": "(The conversation so far:)"},
            {"role": "assistant", "content": "Good evening."},
            {"role": "user", "content": "Who are you?\n\nWell?\n\nHello?"},
        ]

    @pytest.mark.parametrize(
        ("reason", "told"),
        [
            ("end_turn", FinishReason.STOP),
            ("stop_sequence", FinishReason.STOP),
            ("max_tokens", FinishReason.LENGTH),
            ("model_context_window_exceeded", FinishReason.LENGTH),
        ],
    )
    async def test_why_it_stopped(self, reason: str, told: FinishReason) -> None:
        async def answer(exchange: Exchange) -> None:
            rest = stub.ended() + stub.finished(reason)
            await exchange.stream(stub.EVENTS, self.said("Good "), rest)

        async with self.talking(answer) as (model, _):
            assert (await all_of(model))[-1] == ModelFinished(told, Usage(40, 7))

    @pytest.mark.parametrize(
        ("reason", "kind"),
        [("refusal", ModelRefused), ("model_context_window_exceeded", ContextOverflow)],
    )
    async def test_why_it_said_nothing(self, reason: str, kind: type[FalsafaError]) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(stub.EVENTS, stub.started(), stub.finished(reason))

        async with self.talking(answer) as (model, server):
            with pytest.raises(kind):
                await all_of(model)

        assert len(server.requests) == 1

    async def test_what_a_model_thinks_is_no_text(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(
                stub.EVENTS,
                stub.started(),
                stub.block(0, type="thinking", thinking="", signature=""),
                stub.delta(0, type="thinking_delta", thinking="The reader greets me."),
                stub.delta(0, type="signature_delta", signature="c2ln"),
                stub.ended(0),
                stub.block(1, type="text", text=""),
                stub.said("Good evening.", 1),
                stub.ended(1),
                stub.finished(),
            )

        async with self.talking(answer) as (model, _):
            assert (await all_of(model))[0] == ModelText("Good evening.")

    @pytest.mark.parametrize(
        ("status", "kind", "words", "told"),
        [
            (400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum",
             ContextOverflow),
            (400, "invalid_request_error", "input length and `max_tokens` exceed context limit",
             ContextOverflow),
            (413, "request_too_large", OWN_WORDS, ContextOverflow),
            (402, "billing_error", OWN_WORDS, ModelNotServed),
            (400, "invalid_request_error", "Your credit balance is too low", ModelNotServed),
        ],
    )  # fmt: skip
    async def test_what_its_errors_mean(
        self, status: int, kind: str, words: str, told: type[FalsafaError]
    ) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.whole(status, stub.error(kind, words))

        async with self.talking(answer) as (model, server):
            with pytest.raises(FalsafaError) as caught:
                await all_of(model)

        assert type(caught.value) is told
        assert words not in caught.value.message
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("kind", "told"),
        [
            ("overloaded_error", ModelUnavailable),
            ("api_error", ModelUnavailable),
            ("rate_limit_error", ModelRateLimited),
            ("timeout_error", ModelTimedOut),
            ("unheard_of", ModelUnavailable),
        ],
    )
    async def test_an_error_within_a_stream_goes_by_its_type(
        self, kind: str, told: type[FalsafaError]
    ) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(stub.EVENTS, self.said("Good "), stub.failed(kind))

        async with self.talking(answer) as (model, server):
            outputs = model.stream(a_request())
            assert await anext(outputs) == ModelText("Good ")
            with pytest.raises(FalsafaError) as caught:
                await anext(outputs)

        assert type(caught.value) is told
        assert len(server.requests) == 1

    async def test_an_overload_before_any_text_is_tried_again(self) -> None:
        async def answer(exchange: Exchange) -> None:
            if len(server.requests) == 1:
                await exchange.whole(529, stub.error("overloaded_error"))
            elif len(server.requests) == 2:
                await self.good_evening(exchange)

        async with self.talking(answer) as (model, server):
            assert (await all_of(model))[0] == ModelText("Good ")


class TestAnthropicTextModel(AnthropicStubbed, RemoteTextModelContract):
    takes_temperature = False

    async def answer_by_itself(self, exchange: Exchange) -> None:
        await stub.answer_by_itself(exchange)

    def temperature(self, body: Any) -> object:
        return body.get("temperature")

    async def test_a_model_that_takes_no_schema_gives_the_object_to_a_tool_from_then_on(
        self,
    ) -> None:
        async def answer(exchange: Exchange) -> None:
            if "output_config" in exchange.body:
                words = "output_config: Extra inputs are not permitted"
                await exchange.whole(400, stub.error("invalid_request_error", words))
            else:
                await stub.fill_tool(exchange, '{"name": "Mrs. ', 'Mere", "themes": []}')

        async with self.talking(answer) as (model, server):
            for _ in range(2):
                answered = await model.complete(replace(REQUEST, schema=SCHEMA))
                assert json.loads(answered.text) == {"name": "Mrs. Mere", "themes": []}

        assert ["tools" in exchange.body for exchange in server.requests] == [False, True, True]
        assert server.requests[1].body["tools"][0]["input_schema"] == SCHEMA

    async def test_a_schema_that_is_wrong_in_another_way_is_an_error(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.whole(400, self.error(400))

        async with self.talking(answer) as (model, server):
            with pytest.raises(ModelFailed):
                await model.complete(replace(REQUEST, schema=SCHEMA))

        assert len(server.requests) == 1


if "FALSAFA_TEST_ANTHROPIC_API_KEY" in os.environ:

    class TestAnthropicItself(ChatModelContract):
        @pytest.fixture
        async def model(self) -> AsyncIterator[ChatModel]:
            name = os.environ.get("FALSAFA_TEST_ANTHROPIC_MODEL", stub.MODEL)
            key = os.environ["FALSAFA_TEST_ANTHROPIC_API_KEY"]
            model = AnthropicChatModel(model=name, api_key=key)
            yield model
            await model.aclose()
