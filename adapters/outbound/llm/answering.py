"""From one attempt to an answer: tried again where that may help, streamed or as a whole."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from adapters.model_api import health_of
from adapters.outbound.llm.json_answers import as_object
from application.ports.chat_model import ModelFinished, ModelOutput, ModelText
from application.ports.health import Health
from application.ports.text_model import TextAnswer, TextModel, TextRequest
from application.retrying import READER_WAITS, retried
from domain.errors import ModelFailed

BROKE_OFF = "The model's answer broke off; ask again."

_ARE_YOU_THERE = TextRequest(system="", message="Are you there?", max_output_tokens=16)

Attempt = Callable[[], AsyncGenerator[ModelOutput, None]]


async def streamed(attempt: Attempt) -> AsyncGenerator[ModelOutput, None]:
    """The outputs of an attempt. It is tried again only until its first output has come: what a
    reader has seen is never told anew."""

    async def begun() -> tuple[ModelOutput, AsyncGenerator[ModelOutput, None]]:
        outputs = attempt()
        return await anext(outputs), outputs  # one that raises has closed itself

    first, outputs = await retried(begun, READER_WAITS)
    async with aclosing(outputs):
        yield first
        async for output in outputs:
            yield output


async def whole(attempt: Attempt, *, is_object: bool) -> TextAnswer:
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

    return await retried(gathered, READER_WAITS)


async def health_of_model(model: TextModel, host: str) -> Health:
    """Told by the shortest of answers: whether the server, the key and the model are right."""
    what = f"{model.name} at {host}"
    return await health_of("language model", what, lambda: model.complete(_ARE_YOU_THERE))
