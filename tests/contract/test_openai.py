"""OpenAI's adapter, through the real client, against a server that speaks as OpenAI does."""

import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from adapters.outbound.llm.messages import Prompt, PromptMessage
from adapters.outbound.llm.openai import OpenAiChatModel
from adapters.outbound.llm.openai_dialect import OpenAiDialect
from application.ports.chat_model import ChatModel, ModelFinished, ModelText
from application.ports.text_model import TextRequest
from domain.errors import (
    ContextOverflow,
    FalsafaError,
    ModelFailed,
    ModelNotServed,
    ModelRateLimited,
    ModelRefused,
    ModelUnavailable,
)
from domain.turn import FinishReason, Usage
from tests.contract.remote_models import LONG_AGO, OWN_WORDS, RemoteModelContract, Vendor, all_of
from tests.contract.test_chat_model import ChatModelContract, a_request
from tests.contract.test_text_model import SCHEMA, RemoteTextModelContract
from tests.stubs import openai_chat as stub
from tests.stubs.upstream import Answer, Exchange, Upstream


class OpenAiStubbed(Vendor):
    key = "OPENAI_API_KEY"
    media_type = stub.EVENTS
    keep_alive = b": OPENROUTER PROCESSING\n\n"

    def serve(
        self, answer: Answer, *, as_published: bool = True
    ) -> AbstractAsyncContextManager[Upstream]:
        return stub.openai_stub(answer, as_published=as_published)

    def model_at(self, url: str, read_seconds: float = LONG_AGO) -> OpenAiChatModel:
        return OpenAiChatModel(
            model=stub.MODEL, api_key="a-key", base_url=f"{url}/v1", read_seconds=read_seconds
        )

    def said(self, *texts: str) -> bytes:
        return stub.opened() + b"".join(map(stub.said, texts))

    def ended(self, *, cut: bool = False) -> bytes:
        return stub.finished("length" if cut else "stop") + stub.used() + stub.DONE

    def error(self, status: int) -> object:
        return stub.error(OWN_WORDS, None)

    def stops(self, body: Any) -> Sequence[str]:
        stops: list[str] = body["stop"]
        return stops


class TestOpenAiChatModel(OpenAiStubbed, RemoteModelContract):
    async def test_the_passages_and_the_key_go_along(self) -> None:
        async with self.talking(self.good_evening) as (model, server):
            await all_of(model)

        (request,) = server.requests
        assert request.headers["authorization"] == "Bearer a-key"
        assert [m["role"] for m in request.body["messages"]] == ["system", "user"]
        assert '<passage number="1"' in request.body["messages"][-1]["content"]
        assert model.name == f"openai/{stub.MODEL}"

    async def test_a_server_that_reports_no_usage_and_no_done_is_understood(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(stub.EVENTS, stub.said("Good "), stub.finished())

        async with self.talking(answer) as (model, _):
            assert (await all_of(model))[-1] == ModelFinished(FinishReason.STOP, Usage())

    @pytest.mark.parametrize(
        "rest",
        [
            (stub.refused("I would rather not."), stub.finished()),
            (stub.finished("content_filter"),),
        ],
        ids=["refusal", "filter"],
    )
    async def test_a_refusal_is_told_as_one(self, rest: tuple[bytes, ...]) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(stub.EVENTS, stub.opened(), *rest, stub.DONE)

        async with self.talking(answer) as (model, server):
            with pytest.raises(ModelRefused):
                await all_of(model)

        assert len(server.requests) == 1

    @pytest.mark.parametrize("reason", ["error", "abort"])
    async def test_a_compatible_server_that_gives_up_gives_no_answer(self, reason: str) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(stub.EVENTS, stub.said("Good "), stub.finished(reason))

        async with self.talking(answer, as_published=False) as (model, _):
            with pytest.raises(ModelFailed, match="broke off"):
                await all_of(model)

    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            (400, stub.error(OWN_WORDS, "context_length_exceeded"), ContextOverflow),
            (400, stub.error("This model's maximum context length is 512 tokens", "400"),
             ContextOverflow),
            (413, stub.error(OWN_WORDS, None), ContextOverflow),
            (429, stub.error(OWN_WORDS, "insufficient_quota", "insufficient_quota"),
             ModelNotServed),
            (402, {"error": {"message": OWN_WORDS, "code": 402}}, ModelNotServed),
            (400, stub.error(OWN_WORDS, "content_filter"), ModelRefused),
            (403, {"error": {"message": OWN_WORDS, "code": 403, "metadata": {"reasons": ["x"]}}},
             ModelRefused),
            (400, stub.error(OWN_WORDS, "model_not_found"), ModelNotServed),
        ],
    )  # fmt: skip
    async def test_what_its_codes_mean(
        self, status: int, body: object, kind: type[FalsafaError]
    ) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.whole(status, body)

        async with self.talking(answer) as (model, server):
            with pytest.raises(FalsafaError) as caught:
                await all_of(model)

        assert type(caught.value) is kind
        assert OWN_WORDS not in caught.value.message
        assert len(server.requests) == 1

    async def test_a_long_wait_that_the_server_asks_for_is_told_and_not_waited_for(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.whole(429, self.error(429), {"Retry-After": "30"})

        async with self.talking(answer) as (model, server):
            with pytest.raises(ModelRateLimited) as caught:
                await all_of(model)

        assert caught.value.retry_after == 30
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("rate_limit_exceeded", ModelRateLimited),
            ("server_error", ModelUnavailable),
            (502, ModelUnavailable),
            ("context_length_exceeded", ContextOverflow),
        ],
    )
    async def test_an_error_within_a_stream_is_told_apart(
        self, code: Any, kind: type[FalsafaError]
    ) -> None:
        failed = b"data: " + json.dumps(stub.error(OWN_WORDS, code)).encode() + b"\n\n"

        async def answer(exchange: Exchange) -> None:
            await exchange.stream(stub.EVENTS, stub.said("Good "), failed)

        async with self.talking(answer, as_published=False) as (model, server):
            outputs = model.stream(a_request())
            assert await anext(outputs) == ModelText("Good ")
            with pytest.raises(FalsafaError) as caught:
                await anext(outputs)

        assert type(caught.value) is kind
        assert len(server.requests) == 1


class TestOpenAiTextModel(OpenAiStubbed, RemoteTextModelContract):
    async def answer_by_itself(self, exchange: Exchange) -> None:
        await stub.answer_by_itself(exchange)

    def temperature(self, body: Any) -> object:
        return body.get("temperature")

    async def test_a_schema_is_strict_where_it_may_be(self) -> None:
        loose = {"type": "object", "properties": {"a": {"type": "string"}}}
        async with self.talking(self.answer_by_itself) as (model, server):
            for schema in (SCHEMA, loose):
                await model.complete(TextRequest("", "Who?", 100, schema=schema))

        asked = [r.body["response_format"]["json_schema"] for r in server.requests]
        assert [a["strict"] for a in asked] == [True, False]


class Refusing:
    """A server that takes no parameter of these names, in one of the ways that servers say so."""

    def __init__(self, *names: str, told_in: str = "param") -> None:
        self._names = names
        self._told_in = told_in

    async def __call__(self, exchange: Exchange) -> None:
        format_ = exchange.body.get("response_format") or {}
        asked = {*exchange.body, format_.get("type")}
        if refused := [name for name in self._names if name in asked]:
            await exchange.whole(400, self._told(refused[0]))
        else:
            await stub.answer_by_itself(exchange)

    def _told(self, name: str) -> object:
        if name.startswith("json_"):
            return stub.error(f"'response_format.type' {name} is not supported", None)
        if self._told_in == "param":
            return stub.error("Unsupported parameter", "unsupported_parameter", param=name)
        return stub.error(f"[{{'loc': ('body', '{name}'), 'msg': 'Extra inputs'}}]", "400")


def bodies(server: Upstream) -> list[dict[str, Any]]:
    return [exchange.body for exchange in server.requests]


@pytest.mark.parametrize("told_in", ["param", "message"])
class TestWhatAServerTakes(OpenAiStubbed):
    """OpenAiDialect: what is refused by name is said in another way, from then on."""

    @pytest.fixture(autouse=True)
    def of_kind(self, told_in: str) -> None:
        self._told_in = told_in

    async def ask(self, *refused: str, times: int = 1, **request: Any) -> list[dict[str, Any]]:
        refusing = Refusing(*refused, told_in=self._told_in)
        async with self.serve(refusing) as server:
            model = self.model_at(server.url)
            for _ in range(times):
                assert (await model.complete(TextRequest("", "Who?", 100, **request))).text
            await model.aclose()
        return bodies(server)

    async def test_one_name_of_the_limit_is_exchanged_for_the_other(self) -> None:
        first, second, third = await self.ask("max_tokens", times=2)

        assert first["max_tokens"] == 100
        for later in (second, third):
            assert later["max_completion_tokens"] == 100
            assert "max_tokens" not in later

    async def test_a_temperature_that_is_refused_is_left_out(self) -> None:
        first, *later = await self.ask("temperature", times=2, temperature=0.3)

        assert first["temperature"] == 0.3
        assert len(later) == 2
        assert all("temperature" not in body for body in later)

    async def test_usage_that_is_refused_is_not_asked_for_again(self) -> None:
        first, *later = await self.ask("stream_options", times=2)

        assert first["stream_options"] == {"include_usage": True}
        assert len(later) == 2
        assert all("stream_options" not in body for body in later)

    async def test_a_schema_that_is_refused_is_asked_for_in_words(self) -> None:
        first, second, third = await self.ask("json_schema", times=2, schema=SCHEMA)

        assert first["response_format"]["type"] == "json_schema"
        for later in (second, third):
            assert later["response_format"] == {"type": "json_object"}
            assert json.dumps(SCHEMA) in later["messages"][0]["content"]

    async def test_everything_together(self) -> None:
        refused = ("max_tokens", "temperature", "stream_options", "json_schema")
        *learning, last = await self.ask(*refused, temperature=0.0, schema=SCHEMA)

        assert len(learning) <= len(refused)
        assert set(last) == {
            "model", "messages", "stream", "max_completion_tokens", "response_format"
        }  # fmt: skip


async def test_a_server_without_any_json_mode_is_asked_in_words() -> None:
    async def answer(exchange: Exchange) -> None:
        if "response_format" in exchange.body:
            await exchange.whole(400, stub.error("response_format is not supported", None))
        else:
            await stub.say(exchange, "```json\n", '{"name": "Mrs. Mere"}', "\n```")

    async with stub.openai_stub(answer) as server:
        model = OpenAiChatModel(model=stub.MODEL, base_url=f"{server.url}/v1")
        answered = await model.complete(TextRequest("Be exact.", "Who?", 100, schema=SCHEMA))
        await model.aclose()

    assert json.loads(answered.text) == {"name": "Mrs. Mere"}
    assert len(server.requests) == 3


async def test_a_parameter_that_stays_wrong_is_an_error_at_last() -> None:
    async def answer(exchange: Exchange) -> None:
        (name,) = {"max_tokens", "max_completion_tokens"} & set(exchange.body)
        await exchange.whole(400, stub.error(f"{name} is too large", None, param=name))

    async with stub.openai_stub(answer) as server:
        model = OpenAiChatModel(model=stub.MODEL, base_url=f"{server.url}/v1")
        with pytest.raises(ModelFailed):
            await model.complete(TextRequest("", "Who?", 10**9))
        await model.aclose()

    assert len(server.requests) == 2


def test_openai_itself_is_given_the_name_of_the_limit_that_its_models_take() -> None:
    prompt = Prompt([PromptMessage("system", ""), PromptMessage("user", "Who?")], 100)

    assert "max_completion_tokens" in OpenAiDialect(is_openai=True).parameters(prompt)
    assert "max_tokens" in OpenAiDialect(is_openai=False).parameters(prompt)


if "FALSAFA_TEST_OPENAI_API_KEY" in os.environ:

    class TestOpenAiItself(ChatModelContract):
        @pytest.fixture
        async def model(self) -> AsyncIterator[ChatModel]:
            model = OpenAiChatModel(
                model=os.environ.get("FALSAFA_TEST_OPENAI_MODEL", stub.MODEL),
                api_key=os.environ["FALSAFA_TEST_OPENAI_API_KEY"],
                base_url=os.environ.get("FALSAFA_TEST_OPENAI_BASE_URL"),
            )
            yield model
            await model.aclose()
