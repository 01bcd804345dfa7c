"""A second model that answers where the first is away: only as long as nothing has been said, and
never in silence."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from application.ports.chat_model import ChatModel, ChatRequest, ModelOutput, ModelReplaced
from application.ports.health import Health, HealthCheck
from application.ports.text_model import TextAnswer, TextModel, TextRequest
from domain.errors import ModelNotServed, ModelUnavailable

# The first does not answer, whatever it is asked. A failed answer, a refusal and a conversation
# that is too long are the first's answer: another model is not asked behind its back.
_AWAY = (ModelUnavailable, ModelNotServed)


class FallbackChatModel:
    def __init__(self, first: ChatModel, second: ChatModel) -> None:
        self._first = first
        self._second = second

    @property
    def name(self) -> str:
        return self._first.name

    @property
    def is_generative(self) -> bool:
        return self._first.is_generative

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        has_begun = False
        try:
            async with aclosing(self._first.stream(request)) as outputs:
                async for output in outputs:
                    has_begun = True
                    yield output
        except _AWAY as error:
            if has_begun:
                raise
            reason = error.message
        else:
            return
        yield ModelReplaced(self._second.name, reason)
        async with aclosing(self._second.stream(request)) as outputs:
            async for output in outputs:
                yield output

    async def check(self) -> Health:
        models = (self._first, self._second)
        told = [await cast(HealthCheck, m).check() for m in models if hasattr(m, "check")]
        detail = "; in its place: ".join(health.detail.removesuffix(".") for health in told)
        slowest = max((health.latency_ms for health in told), default=0.0)
        return Health("language model", all(health.ok for health in told), detail, slowest)

    async def aclose(self) -> None:
        await _close(self._first, self._second)


class FallbackTextModel:
    def __init__(self, first: TextModel, second: TextModel) -> None:
        self._first = first
        self._second = second

    @property
    def name(self) -> str:
        return self._first.name

    async def complete(self, request: TextRequest) -> TextAnswer:
        try:
            return await self._first.complete(request)
        except _AWAY as error:
            reason = error.message
        answer = await self._second.complete(request)
        return replace(answer, replaced=ModelReplaced(self._second.name, reason))

    async def aclose(self) -> None:
        await _close(self._first, self._second)


async def _close(*models: object) -> None:
    for model in models:
        if hasattr(model, "aclose"):
            await model.aclose()
