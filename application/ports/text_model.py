from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from application.ports.chat_model import ModelReplaced
from domain.turn import FinishReason, Usage


@dataclass(frozen=True, slots=True)
class TextRequest:
    """One question to a language model, answered as a whole. Book text and readers' words stand in
    `message`: data, never instructions."""

    system: str
    message: str
    max_output_tokens: int
    temperature: float | None = None  # 0..1; left out where a vendor takes none
    schema: Mapping[str, Any] | None = None  # JSON Schema of an object: the answer is such a one


@dataclass(frozen=True, slots=True)
class TextAnswer:
    text: str  # with a schema: JSON, checked to be an object, not against the schema
    reason: FinishReason
    usage: Usage
    replaced: ModelReplaced | None = None  # another model answered


class TextModel(Protocol):
    """A language model as a tool of ours: personas, queries. Conversations go to `ChatModel`."""

    @property
    def name(self) -> str: ...

    async def complete(self, request: TextRequest) -> TextAnswer:
        """Raises ModelUnavailable, ModelRateLimited, ModelTimedOut, ModelFailed, ModelNotServed,
        ContextOverflow, ModelRefused."""
        ...
