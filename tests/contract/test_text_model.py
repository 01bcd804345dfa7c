import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters.outbound.llm.fallback import FallbackTextModel
from adapters.outbound.memory.text_model import ScriptedTextModel
from application.ports.text_model import TextModel, TextRequest
from domain.errors import ModelFailed, ModelRateLimited
from domain.turn import FinishReason
from tests.contract.remote_models import Vendor
from tests.stubs.model_answers import object_fitting
from tests.stubs.upstream import Exchange

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "themes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name", "themes"],
    "additionalProperties": False,
}
REQUEST = TextRequest("You describe people.", "Who is Mrs. Mere?", 300, temperature=0.3)


class TextModelContract(ABC):
    @pytest.fixture
    @abstractmethod
    def model(self) -> TextModel: ...

    async def test_a_question_is_answered_as_a_whole(self, model: TextModel) -> None:
        answer = await model.complete(REQUEST)

        assert answer.text
        assert answer.reason is FinishReason.STOP
        assert answer.usage.completion_tokens > 0
        assert answer.replaced is None

    async def test_with_a_schema_the_answer_is_such_an_object(self, model: TextModel) -> None:
        answer = await model.complete(replace(REQUEST, schema=SCHEMA))

        assert Draft202012Validator(SCHEMA).is_valid(json.loads(answer.text))

    async def test_one_model_answers_many_at_once(self, model: TextModel) -> None:
        answers = await asyncio.gather(*(model.complete(REQUEST) for _ in range(5)))

        assert all(answer.text for answer in answers)

    def test_it_bears_a_name(self, model: TextModel) -> None:
        assert model.name


def by_itself(request: TextRequest) -> str:
    return "Calm." if request.schema is None else json.dumps(object_fitting(request.schema))


class TestScriptedTextModel(TextModelContract):
    @pytest.fixture
    def model(self) -> TextModel:
        return ScriptedTextModel(by_itself)


class TestFallbackTextModel(TextModelContract):
    @pytest.fixture
    def model(self) -> TextModel:
        return FallbackTextModel(ScriptedTextModel(by_itself), ScriptedTextModel(["Calm."]))


class RemoteTextModelContract(Vendor, TextModelContract):
    """Inherited with a vendor's stub."""

    takes_temperature = True

    @abstractmethod
    async def answer_by_itself(self, exchange: Exchange) -> None: ...

    @abstractmethod
    def temperature(self, body: Any) -> object:
        """The temperature in a request; None: not sent."""

    @pytest.fixture
    async def model(self) -> AsyncIterator[TextModel]:
        async with self.talking(self.answer_by_itself) as (model, _):
            yield model

    async def test_a_temperature_is_sent_where_the_vendor_takes_one(self) -> None:
        async with self.talking(self.answer_by_itself) as (model, server):
            await model.complete(REQUEST)
            await model.complete(replace(REQUEST, temperature=None))

        told = [self.temperature(exchange.body) for exchange in server.requests]
        assert told == [0.3 if self.takes_temperature else None, None]

    @pytest.mark.parametrize("text", ['{"name": "Mrs. Me', "Mrs. Mere.", '["Mrs. Mere"]', ""])
    async def test_an_answer_that_is_no_object_where_one_was_asked_for_is_none(
        self, text: str
    ) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(self.media_type, self.said(text), self.ended(cut=True))

        async with self.talking(answer) as (model, _):
            with pytest.raises(ModelFailed):
                await model.complete(replace(REQUEST, schema=SCHEMA))

    async def test_an_answer_that_was_cut_says_so(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(self.media_type, self.said("Mrs. "), self.ended(cut=True))

        async with self.talking(answer) as (model, _):
            assert (await model.complete(REQUEST)).reason is FinishReason.LENGTH

    async def test_what_broke_off_is_asked_for_anew_as_a_whole(self) -> None:
        async def answer(exchange: Exchange) -> None:
            if len(server.requests) == 1:
                await exchange.stream(self.media_type, self.said("Half an "), ended=False)
            else:
                await exchange.stream(self.media_type, self.said("A whole answer."), self.ended())

        async with self.talking(answer) as (model, server):
            assert (await model.complete(REQUEST)).text == "A whole answer."

    async def test_a_limit_that_holds_is_told(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.whole(429, self.error(429))

        async with self.talking(answer) as (model, server):
            with pytest.raises(ModelRateLimited):
                await model.complete(REQUEST)

        assert len(server.requests) == 2

    async def test_its_health_is_told_by_a_short_answer(self) -> None:
        async def answer(exchange: Exchange) -> None:
            if len(server.requests) == 1:
                await self.answer_by_itself(exchange)
            else:
                await exchange.whole(401, self.error(401))

        async with self.talking(answer) as (model, server):
            well, ill = await model.check(), await model.check()

        assert well.ok
        assert well.detail == f"{model.name} at 127.0.0.1"
        assert well.latency_ms > 0
        assert not ill.ok
        assert self.key in ill.detail

    async def test_cancelling_the_caller_closes_the_request(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(self.media_type, self.said("Half an "), ended=False)
            arrived.set()
            await exchange.until_the_client_leaves()

        arrived = asyncio.Event()
        async with self.talking(answer) as (model, server):
            asking = asyncio.create_task(model.complete(REQUEST))
            await arrived.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await server.left.wait()
