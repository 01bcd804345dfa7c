"""Answers without a language model: the book's own words, chosen to fit the question."""

import re
from collections.abc import AsyncGenerator

from adapters.outbound.llm.extractive_reply import compose_reply
from application.ports.chat_model import ChatRequest, ModelFinished, ModelOutput, ModelText
from domain.turn import FinishReason, Usage

_WORD_AND_SPACE = re.compile(r"\s*\S+\s*")


class ExtractiveChatModel:
    """Deterministic: the same request gives the same reply. Costs nothing, so it reports no use."""

    @property
    def name(self) -> str:
        return "extractive"

    @property
    def is_generative(self) -> bool:
        return False

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        for piece in _WORD_AND_SPACE.findall(compose_reply(request)):
            yield ModelText(piece)
        yield ModelFinished(FinishReason.STOP, Usage())
