"""What a language model says in a turn, and what the reader is told of how it came about."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from application.ports.chat_model import (
    ChatModel,
    ChatRequest,
    ModelFinished,
    ModelReplaced,
    ModelText,
)
from application.reply import Reply
from domain.errors import ContextOverflow

WITHOUT_HISTORY = (
    "The conversation has grown too long for the model: it answered without what was said before."
)


async def model_answer(
    model: ChatModel, request: ChatRequest, reply: Reply
) -> AsyncGenerator[ModelText | ModelFinished, None]:
    """The model's outputs. What is too long for it is asked once more without the history, as
    long as nothing has been said; that, and who stood in for the model, is noted in the reply.

    Raises the model's errors.
    """
    try:
        async with aclosing(model.stream(request)) as outputs:
            async for output in outputs:
                if isinstance(output, ModelReplaced):
                    reply.replace(output, model.name)
                else:
                    yield output
    except ContextOverflow:
        if reply.text or not request.history:
            raise
    else:
        return
    reply.lack(WITHOUT_HISTORY)
    async with aclosing(model_answer(model, replace(request, history=()), reply)) as answer:
        async for output in answer:
            yield output
