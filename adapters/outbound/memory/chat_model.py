"""A chat model that follows a script: says what it is told to, stalls, or fails."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from application.ports.chat_model import (
    ChatRequest,
    ModelFinished,
    ModelOutput,
    ModelReplaced,
    ModelText,
)
from domain.turn import FinishReason, Usage


class ScriptedChatModel:
    """Each item of the script is a delta to say, an error to raise, an event to wait for, or the
    news that another model answers.

    `requests` and `was_closed` tell what came of it.
    """

    def __init__(
        self,
        script: Sequence[str | Exception | asyncio.Event | ModelReplaced] = ("Good evening.",),
        *,
        name: str = "scripted",
        is_generative: bool = True,
        reason: FinishReason = FinishReason.STOP,
    ) -> None:
        self.script = list(script)
        self.requests: list[ChatRequest] = []
        self.was_closed = False
        self._name = name
        self._is_generative = is_generative
        self._reason = reason

    @property
    def name(self) -> str:
        return self._name

    @property
    def is_generative(self) -> bool:
        return self._is_generative

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        self.requests.append(request)
        said = 0
        try:
            for item in self.script:
                if isinstance(item, Exception):
                    raise item
                if isinstance(item, asyncio.Event):
                    await item.wait()
                elif isinstance(item, ModelReplaced):
                    yield item
                else:
                    said += len(item.split())
                    yield ModelText(item)
            yield ModelFinished(self._reason, Usage(len(request.message.split()), said))
        finally:
            self.was_closed = True
