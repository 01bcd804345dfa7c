"""Ollama's adapter, through the real client, against a server that speaks as Ollama does."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest

from adapters.outbound.llm.ollama import BYTES_A_TOKEN, OllamaChatModel, OllamaModels
from application.ports.chat_model import ChatModel, ModelFinished, ModelText
from domain.errors import ContextOverflow, ModelFailed, ModelNotServed, ModelUnavailable
from domain.turn import FinishReason, Usage
from tests.contract.remote_models import LONG_AGO, OWN_WORDS, RemoteModelContract, Vendor, all_of
from tests.contract.test_chat_model import ChatModelContract, a_request
from tests.contract.test_text_model import REQUEST, SCHEMA, RemoteTextModelContract
from tests.stubs import ollama as stub
from tests.stubs.upstream import Answer, Exchange, Upstream

CONTEXT = 4096


class OllamaStubbed(Vendor):
    key = "OLLAMA_API_KEY"
    media_type = stub.LINES
    keep_alive = stub.said("", thinking="Hm.")

    def serve(
        self, answer: Answer, *, as_published: bool = True
    ) -> AbstractAsyncContextManager[Upstream]:
        return stub.ollama_stub(answer, as_published=as_published)

    def model_at(self, url: str, read_seconds: float = LONG_AGO) -> OllamaChatModel:
        return OllamaChatModel(
            host=url,
            model=stub.MODEL,
            context_tokens=CONTEXT,
            api_key="a-key",
            read_seconds=read_seconds,
        )

    def said(self, *texts: str) -> bytes:
        return b"".join(map(stub.said, texts))

    def ended(self, *, cut: bool = False) -> bytes:
        return stub.finished("length" if cut else "stop")

    def error(self, status: int) -> object:
        return {"error": OWN_WORDS}

    def stops(self, body: Any) -> Sequence[str]:
        stops: list[str] = body["options"]["stop"]
        return stops


class TestOllamaChatModel(OllamaStubbed, RemoteModelContract):
    async def test_the_context_window_is_asked_for_and_the_passages_and_the_key_go_along(
        self,
    ) -> None:
        async with self.talking(self.good_evening) as (model, server):
            await all_of(model)

        (request,) = server.requests
        assert request.headers["authorization"] == "Bearer a-key"
        assert request.body["options"]["num_ctx"] == CONTEXT
        assert request.body["options"]["num_predict"] == a_request().max_output_tokens
        assert [message["role"] for message in request.body["messages"]] == ["system", "user"]
        assert '<passage number="1"' in request.body["messages"][-1]["content"]
        assert model.name == f"ollama/{stub.MODEL}"

    async def test_a_prompt_that_ollama_would_cut_in_silence_is_not_sent(self) -> None:
        room = int((CONTEXT - a_request().max_output_tokens) * BYTES_A_TOKEN)
        too_long = replace(a_request(), system="x" * room)
        half = replace(a_request(), system="x" * (room // 2))

        async with self.talking(self.good_evening) as (model, server):
            with pytest.raises(ContextOverflow, match="FALSAFA_LLM_CONTEXT_TOKENS"):
                await anext(model.stream(too_long))
            assert server.requests == []
            assert [output async for output in model.stream(half)]

    async def test_an_answer_to_a_prompt_that_filled_the_window_counts_as_cut(self) -> None:
        async def answer(exchange: Exchange) -> None:
            last = stub.finished(prompt_tokens=CONTEXT)
            await exchange.stream(stub.LINES, stub.said("Good "), last)

        async with self.talking(answer) as (model, _):
            finished = (await all_of(model))[-1]

        assert finished == ModelFinished(FinishReason.LENGTH, Usage(CONTEXT, 7))

    async def test_what_a_model_thinks_is_no_text(self) -> None:
        async def answer(exchange: Exchange) -> None:
            thought = stub.said("", thinking="The reader greets me.")
            await exchange.stream(stub.LINES, thought, stub.said("Good evening."), stub.finished())

        async with self.talking(answer) as (model, _):
            assert (await all_of(model))[0] == ModelText("Good evening.")

    async def test_a_model_that_is_not_there_can_be_fetched(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.whole(404, self.error(404))

        async with self.talking(answer) as (model, _):
            with pytest.raises(ModelNotServed, match=f"ollama pull {stub.MODEL}"):
                await all_of(model)

    async def test_where_nobody_listens_it_says_how_to_start_ollama(self) -> None:
        async with self.serve(self.good_evening) as server:
            pass
        model = self.model_at(server.url)

        with pytest.raises(ModelUnavailable, match="ollama serve"):
            await all_of(model)
        await model.aclose()

    @pytest.mark.parametrize(
        "part",
        [[], 7, {"message": 7}, {"error": OWN_WORDS}],
        ids=["list", "number", "another form", "error"],
    )
    async def test_a_part_that_cannot_be_used_ends_the_answer(self, part: object) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(stub.LINES, stub.said("Good "), stub.line(part))

        async with self.talking(answer, as_published=False) as (model, _):
            outputs = model.stream(a_request())
            assert await anext(outputs) == ModelText("Good ")
            with pytest.raises(ModelFailed) as caught:
                await anext(outputs)

        assert OWN_WORDS not in caught.value.message


class TestOllamaTextModel(OllamaStubbed, RemoteTextModelContract):
    async def answer_by_itself(self, exchange: Exchange) -> None:
        await stub.answer_by_itself(exchange)

    def temperature(self, body: Any) -> object:
        return body["options"].get("temperature")

    async def test_the_schema_is_the_format_of_the_answer(self) -> None:
        async with self.talking(self.answer_by_itself) as (model, server):
            await model.complete(replace(REQUEST, schema=SCHEMA))

        assert server.requests[0].body["format"] == SCHEMA


async def listed(status: int, body: object) -> Sequence[str]:
    async def answer(exchange: Exchange) -> None:
        assert exchange.path == "/api/tags"
        await exchange.whole(status, body)

    async with stub.ollama_stub(answer, as_published=False) as server:
        return await OllamaModels(server.url).installed()


async def test_the_models_that_are_installed_are_listed() -> None:
    models = {"models": [{"model": stub.MODEL, "name": stub.MODEL}, {}]}

    assert await listed(200, models) == (stub.MODEL,)


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("body", [[], {"models": 7}, "models"])
async def test_a_server_that_is_no_ollama_has_no_models(status: int, body: object) -> None:
    assert await listed(status, body) == ()


async def test_where_nobody_listens_there_are_no_models() -> None:
    async with stub.ollama_stub(stub.answer_by_itself) as server:
        pass

    assert await OllamaModels(server.url).installed() == ()


if "FALSAFA_TEST_OLLAMA_HOST" in os.environ:

    class TestOllamaItself(ChatModelContract):
        @pytest.fixture
        async def model(self) -> AsyncIterator[ChatModel]:
            model = OllamaChatModel(
                host=os.environ["FALSAFA_TEST_OLLAMA_HOST"],
                model=os.environ.get("FALSAFA_TEST_OLLAMA_MODEL", stub.MODEL),
                context_tokens=CONTEXT,
                api_key=os.environ.get("FALSAFA_TEST_OLLAMA_API_KEY"),
            )
            yield model
            await model.aclose()
