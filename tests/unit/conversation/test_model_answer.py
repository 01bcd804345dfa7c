from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.outbound.llm.fallback import FallbackChatModel
from adapters.outbound.memory.chat_model import ScriptedChatModel
from application.model_answer import WITHOUT_HISTORY, model_answer
from application.ports.chat_model import (
    ChatModel,
    ChatRequest,
    ModelFinished,
    ModelOutput,
    ModelText,
)
from application.reply import Reply
from domain.conversation import Message, Role
from domain.errors import ContextOverflow, ModelUnavailable
from domain.ids import MessageId, SessionId, TurnId

SAID = Message(MessageId("m"), SessionId("s"), TurnId("t"), Role.USER, "Hello", datetime.now(UTC))
REQUEST = ChatRequest(system="You are Mrs. Mere.", history=(SAID,), message="What do you fear?")


class ShortSighted(ScriptedChatModel):
    """Reads no more than a question."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        if request.history:
            self.requests.append(request)
            raise ContextOverflow("Too long.")
        async for output in super().stream(request):
            yield output


async def answer_of(model: ChatModel, request: ChatRequest = REQUEST) -> tuple[str, Reply]:
    reply = Reply(model.name)
    async for output in model_answer(model, request, reply):
        if isinstance(output, ModelText):
            reply.add(output.text)
        else:
            assert isinstance(output, ModelFinished)
            reply.finish(output)
    return reply.text, reply


async def test_what_fits_is_answered_as_it_is() -> None:
    model = ScriptedChatModel()

    text, reply = await answer_of(model)

    assert (text, reply.degraded) == ("Good evening.", ())
    assert model.requests == [REQUEST]


async def test_a_conversation_that_is_too_long_is_answered_without_what_was_said_before() -> None:
    model = ShortSighted()

    text, reply = await answer_of(model)

    assert (text, reply.degraded) == ("Good evening.", (WITHOUT_HISTORY,))
    assert model.requests == [REQUEST, replace(REQUEST, history=())]


async def test_a_question_that_is_too_long_by_itself_is_an_error() -> None:
    model = ScriptedChatModel([ContextOverflow("Too long.")])

    with pytest.raises(ContextOverflow):
        await answer_of(model)

    assert len(model.requests) == 2


async def test_after_the_first_word_nothing_is_asked_anew() -> None:
    model = ScriptedChatModel(["Good ", ContextOverflow("Too long.")])

    with pytest.raises(ContextOverflow):
        await answer_of(model)

    assert len(model.requests) == 1


async def test_who_stands_in_is_told_once() -> None:
    away = ScriptedChatModel([ModelUnavailable("The first is away.")], name="first")

    text, reply = await answer_of(FallbackChatModel(away, ShortSighted(name="second")))

    assert (text, reply.model) == ("Good evening.", "second")
    assert reply.degraded == (
        "second answers in place of first: The first is away.",
        WITHOUT_HISTORY,
    )
