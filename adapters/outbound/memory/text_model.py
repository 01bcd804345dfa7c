"""A language model that answers from a script, or by a function of the request."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

from application.ports.text_model import TextAnswer, TextRequest
from domain.turn import FinishReason, Usage

Scripted: TypeAlias = str | TextAnswer | Exception | asyncio.Event
Script: TypeAlias = Sequence[Scripted] | Callable[[TextRequest], Scripted]


class ScriptedTextModel:
    """Each item of the script is an answer to give, an error to raise, or an event to wait for
    before the next item; the last one serves all requests that come after it. A function gives
    each request its own. `requests` and `at_once` tell what came of it."""

    def __init__(self, script: Script, *, name: str = "scripted") -> None:
        self.requests: list[TextRequest] = []
        self.at_once = 0  # the most requests that ran together
        self._running = 0
        self._name = name
        self._answer_to = script if callable(script) else _in_turn(script)

    @property
    def name(self) -> str:
        return self._name

    async def complete(self, request: TextRequest) -> TextAnswer:
        self.requests.append(request)
        self._running += 1
        self.at_once = max(self.at_once, self._running)
        try:
            await asyncio.sleep(0)  # as any other request over a network: others go on
            return await self._answer(request)
        finally:
            self._running -= 1

    async def _answer(self, request: TextRequest) -> TextAnswer:
        item = self._answer_to(request)
        while isinstance(item, asyncio.Event):
            await item.wait()
            item = self._answer_to(request)
        if isinstance(item, Exception):
            raise item
        if isinstance(item, TextAnswer):
            return item
        usage = Usage(len(f"{request.system} {request.message}".split()), len(item.split()))
        return TextAnswer(item, FinishReason.STOP, usage)


def _in_turn(script: Sequence[Scripted]) -> Callable[[TextRequest], Scripted]:
    left = list(script)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]
