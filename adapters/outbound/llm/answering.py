"""From one attempt to an answer: tried again where that may help, streamed or as a whole."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from adapters.model_api import health_of
from adapters.outbound.llm.json_answers import as_object
from adapters.outbound.llm.timeouts import READ_SECONDS, WHOLE_SECONDS
from application.ports.chat_model import ModelFinished, ModelOutput, ModelText
from application.ports.health import Health
from application.ports.text_model import TextAnswer, TextModel, TextRequest
from application.retrying import READER_WAITS, retried
from domain.errors import ModelFailed, ModelTimedOut

BROKE_OFF = "The model's answer broke off; ask again."
TOO_SLOW = "The model did not answer in time; try again."

_ARE_YOU_THERE = TextRequest(system="", message="Are you there?", max_output_tokens=16)

Attempt = Callable[[], AsyncGenerator[ModelOutput, None]]


async def streamed(
    attempt: Attempt, seconds: float = READ_SECONDS
) -> AsyncGenerator[ModelOutput, None]:
    """The outputs of an attempt. It is tried again only until its first output has come: what a
    reader has seen is never told anew.

    Between two outputs at most so many seconds pass. The connection's own time-out does not see
    to that: servers keep it alive with pings, comments and thoughts.
    """

    async def begun() -> tuple[ModelOutput, AsyncGenerator[ModelOutput, None]]:
        outputs = attempt()
        return await _next(outputs, seconds), outputs  # one that raises has closed itself

    first, outputs = await retried(begun, READER_WAITS)
    async with aclosing(outputs):
        yield first
        while True:
            try:
                output = await _next(outputs, seconds)
            except StopAsyncIteration:
                return
            yield output


async def whole(attempt: Attempt, *, is_object: bool, seconds: float = WHOLE_SECONDS) -> TextAnswer:
    """All the text of an attempt, which is tried again as a whole; nobody has seen any of it."""

    async def gathered() -> TextAnswer:
        text = ""
        async with aclosing(attempt()) as outputs:
            async for output in outputs:
                if isinstance(output, ModelText):
                    text += output.text
                elif isinstance(output, ModelFinished):
                    return TextAnswer(
                        as_object(text) if is_object else text, output.reason, output.usage
                    )
        raise ModelFailed(BROKE_OFF)

    async def in_time() -> TextAnswer:
        try:
            async with asyncio.timeout(seconds):
                return await gathered()
        except TimeoutError as error:
            raise ModelTimedOut(TOO_SLOW) from error

    return await retried(in_time, READER_WAITS)


async def health_of_model(model: TextModel, host: str) -> Health:
    """Told by the shortest of answers: whether the server, the key and the model are right."""
    what = f"{model.name} at {host}"
    return await health_of("language model", what, lambda: model.complete(_ARE_YOU_THERE))


async def _next(outputs: AsyncGenerator[ModelOutput, None], seconds: float) -> ModelOutput:
    try:
        async with asyncio.timeout(seconds):
            return await anext(outputs)
    except TimeoutError as error:
        raise ModelTimedOut(TOO_SLOW) from error
