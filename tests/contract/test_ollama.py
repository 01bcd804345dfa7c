"""Ollama's adapter, through the real client, against a server that speaks as Ollama does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from adapters.outbound.llm import ollama
from adapters.outbound.llm.ollama import OllamaChatModel, OllamaModels
from application.ports.chat_model import ChatModel, ModelFinished, ModelOutput, ModelText
from domain.errors import (
    FalsafaError,
    ModelFailed,
    ModelRateLimited,
    ModelTimedOut,
    ModelUnavailable,
)
from domain.turn import FinishReason, Usage
from tests.contract.ollama_stub import (
    MODEL,
    Answer,
    Exchange,
    OllamaStub,
    done,
    ollama_stub,
    said,
)
from tests.contract.test_chat_model import ChatModelContract, a_request
from tests.stubs.openapi import OpenApi

CONTEXT = 4096


@asynccontextmanager
async def talking(
    answer: Answer, api_key: str | None = None
) -> AsyncIterator[tuple[OllamaChatModel, OllamaStub]]:
    async with ollama_stub(answer) as stub:
        model = OllamaChatModel(host=stub.url, model=MODEL, context_tokens=CONTEXT, api_key=api_key)
        try:
            yield model, stub
        finally:
            await model.aclose()


async def good_evening(exchange: Exchange) -> None:
    await exchange.lines(said("Good "), said("evening."), done())


async def all_of(model: ChatModel) -> list[ModelOutput]:
    return [output async for output in model.stream(a_request())]


class TestOllamaChatModel(ChatModelContract):
    @pytest.fixture
    async def model(self) -> AsyncIterator[ChatModel]:
        async with talking(good_evening) as (model, _):
            yield model


async def test_an_answer_is_its_text_then_what_it_cost() -> None:
    async with talking(good_evening) as (model, _):
        assert model.name == f"ollama/{MODEL}"
        assert await all_of(model) == [
            ModelText("Good "),
            ModelText("evening."),
            ModelFinished(FinishReason.STOP, Usage(40, 7)),
        ]


async def test_the_context_window_is_asked_for_and_the_passages_go_along() -> None:
    async with talking(good_evening) as (model, stub):
        await all_of(model)

    (request,) = stub.requests
    assert request.path == "/api/chat"
    assert request.body["options"]["num_ctx"] == CONTEXT
    assert request.body["options"]["num_predict"] == a_request().max_output_tokens
    assert [message["role"] for message in request.body["messages"]] == ["system", "user"]
    assert '<passage number="1"' in request.body["messages"][-1]["content"]


@pytest.mark.parametrize("last", [done("length"), done(prompt_tokens=CONTEXT)])
async def test_an_answer_that_was_cut_says_so(last: dict[str, Any]) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.lines(said("Good "), last)

    async with talking(answer) as (model, _):
        finished = (await all_of(model))[-1]

    assert isinstance(finished, ModelFinished)
    assert finished.reason is FinishReason.LENGTH


async def test_what_a_model_thinks_is_no_text() -> None:
    thought = said("")
    thought["message"]["thinking"] = "The reader greets me."

    async def answer(exchange: Exchange) -> None:
        await exchange.lines(thought, said("Good evening."), done())

    async with talking(answer) as (model, _):
        assert (await all_of(model))[0] == ModelText("Good evening.")


async def test_the_key_of_the_cloud_is_sent() -> None:
    async with talking(good_evening, api_key="a-key") as (model, stub):
        await all_of(model)

    assert stub.requests[0].headers["authorization"] == "Bearer a-key"


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (404, ModelUnavailable, f"ollama pull {MODEL}"),
        (429, ModelRateLimited, "try again"),
        (500, ModelUnavailable, "try again"),
        (503, ModelUnavailable, "try again"),
        (401, ModelFailed, "OLLAMA_API_KEY"),
        (400, ModelFailed, "could not answer"),
    ],
)
async def test_a_status_becomes_an_error_that_says_what_to_do(
    status: int, kind: type[FalsafaError], told: str
) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.whole(status, {"error": "its own words, which may hold the prompt"})

    async with talking(answer) as (model, _):
        with pytest.raises(FalsafaError) as caught:
            await all_of(model)

    assert type(caught.value) is kind
    assert told in caught.value.message
    assert "its own words" not in caught.value.message


async def test_where_nobody_listens_it_says_how_to_start_ollama() -> None:
    async with talking(good_evening) as (_, stub):
        pass
    model = OllamaChatModel(host=stub.url, model=MODEL, context_tokens=CONTEXT)

    with pytest.raises(ModelUnavailable, match="ollama serve"):
        await all_of(model)
    await model.aclose()


async def test_a_server_that_says_nothing_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ollama, "READ_SECONDS", 0.01)

    async with talking(Exchange.until_the_client_leaves) as (model, _):
        with pytest.raises(ModelTimedOut):
            await all_of(model)


@pytest.mark.parametrize(
    "part",
    ['{"message": {"role": "assist', "[]", "7", '{"message": 7}', {"error": "out of memory"}],
    ids=["broken", "list", "number", "another form", "error"],
)
async def test_a_part_that_cannot_be_used_ends_the_answer_after_its_text(part: object) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.lines(said("Good "), part, said("evening."), done())

    async with talking(answer) as (model, _):
        outputs = model.stream(a_request())
        assert await anext(outputs) == ModelText("Good ")
        with pytest.raises(ModelFailed):
            await anext(outputs)


async def test_a_stream_that_ends_without_its_last_part_is_no_answer() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.lines(said("Good "))

    async with talking(answer) as (model, _):
        with pytest.raises(ModelFailed, match="broke off"):
            await all_of(model)


async def test_a_connection_that_is_lost_midway_is_told_of() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.lines(said("Good "), ended=False)

    async with talking(answer) as (model, _):
        with pytest.raises(ModelUnavailable):
            await all_of(model)


async def test_closing_the_stream_closes_the_connection_so_that_ollama_stops() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.lines(said("Good "), ended=False)
        await exchange.until_the_client_leaves()

    async with talking(answer) as (model, stub), asyncio.timeout(30):
        async with aclosing(model.stream(a_request())) as outputs:
            assert await anext(outputs) == ModelText("Good ")
            assert not stub.left.is_set()
        await stub.left.wait()


async def test_the_models_that_are_installed_are_listed() -> None:
    async def answer(exchange: Exchange) -> None:
        assert exchange.path == "/api/tags"
        await exchange.whole(200, {"models": [{"model": MODEL, "name": MODEL}, {}]})

    async with ollama_stub(answer) as stub:
        assert await OllamaModels(stub.url).installed() == (MODEL,)


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("body", [[], {"models": 7}, "models"])
async def test_a_server_that_is_no_ollama_has_no_models(status: int, body: object) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.whole(status, body)

    async with ollama_stub(answer) as stub:
        assert await OllamaModels(stub.url).installed() == ()


async def test_where_nobody_listens_there_are_no_models() -> None:
    async with ollama_stub(good_evening) as stub:
        pass

    assert await OllamaModels(stub.url).installed() == ()


@pytest.fixture
def published() -> OpenApi:
    """Ollama's own OpenAPI document, which stands beside the evaluation data."""
    document = OpenApi.of("ollama")
    if document is None:
        pytest.skip("there is no OpenAPI document of Ollama")
    return document


@pytest.mark.eval_data
async def test_requests_and_answers_are_as_published(published: OpenApi) -> None:
    async with talking(good_evening) as (model, stub):
        await all_of(model)

    request = stub.requests[0].body
    assert published.problems_of_request("POST", "/api/chat", request) == []
    assert published.problems(said("Good "), "ChatStreamEvent") == []
    assert published.problems(done(), "ChatResponse") == []
    assert published.problems_of_request("POST", "/api/chat", request | {"colour": "red"}) != []
