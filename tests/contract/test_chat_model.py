from abc import ABC, abstractmethod
from contextlib import aclosing

import pytest

from adapters.outbound.llm.extractive import ExtractiveChatModel
from adapters.outbound.llm.fallback import FallbackChatModel
from adapters.outbound.memory.chat_model import ScriptedChatModel
from application.ports.chat_model import (
    ChatModel,
    ChatRequest,
    Evidence,
    ModelFinished,
    ModelText,
    OwnLine,
)
from domain.passage import Passage
from domain.span import Span
from domain.turn import FinishReason

TEXT = "“I fear nothing that floats,” said Mrs. Mere. The river was high, and the ropes were wet."
LINE = OwnLine("I fear nothing that floats,", Span(101, 128))


def a_request(message: str = "What do you fear?") -> ChatRequest:
    passage = Passage(0, Span(100, 100 + len(TEXT)), chapter_index=0, text=TEXT)
    return ChatRequest(
        system="You are Mrs. Mere.",
        history=(),
        message=message,
        evidence=(Evidence(1, passage, "Chapter 1", (LINE,)),),
        character_name="Mrs. Mere",
        own_lines=(LINE,),
    )


class ChatModelContract(ABC):
    @pytest.fixture
    @abstractmethod
    def model(self) -> ChatModel: ...

    async def test_text_comes_in_deltas_and_the_finish_comes_last(self, model: ChatModel) -> None:
        outputs = [output async for output in model.stream(a_request())]

        *deltas, finished = outputs
        assert deltas
        assert all(isinstance(delta, ModelText) and delta.text for delta in deltas)
        assert isinstance(finished, ModelFinished)
        assert finished.reason in (FinishReason.STOP, FinishReason.LENGTH)

    async def test_a_stream_can_be_closed_after_its_first_delta(self, model: ChatModel) -> None:
        async with aclosing(model.stream(a_request())) as outputs:
            first = await anext(outputs)

        assert isinstance(first, ModelText)
        with pytest.raises(StopAsyncIteration):
            await anext(outputs)

    async def test_one_model_serves_many_streams_at_once(self, model: ChatModel) -> None:
        async with (
            aclosing(model.stream(a_request())) as first,
            aclosing(model.stream(a_request())) as second,
        ):
            assert isinstance(await anext(first), ModelText)
            assert isinstance(await anext(second), ModelText)
            assert isinstance([o async for o in first][-1], ModelFinished)
            assert isinstance([o async for o in second][-1], ModelFinished)

    async def test_a_request_without_passages_or_lines_is_answered_too(
        self, model: ChatModel
    ) -> None:
        request = ChatRequest(system="", history=(), message="Is anybody there?")

        outputs = [output async for output in model.stream(request)]

        assert isinstance(outputs[0], ModelText)
        assert isinstance(outputs[-1], ModelFinished)

    def test_it_bears_a_name(self, model: ChatModel) -> None:
        assert model.name
        assert model.is_generative in (True, False)


class TestScriptedChatModel(ChatModelContract):
    @pytest.fixture
    def model(self) -> ChatModel:
        return ScriptedChatModel(["Good ", "evening."])


class TestExtractiveChatModel(ChatModelContract):
    @pytest.fixture
    def model(self) -> ChatModel:
        return ExtractiveChatModel()


class TestFallbackChatModel(ChatModelContract):
    @pytest.fixture
    def model(self) -> ChatModel:
        return FallbackChatModel(ScriptedChatModel(["Good ", "evening."]), ExtractiveChatModel())
