from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from domain.conversation import Message
from domain.passage import Passage
from domain.span import Span
from domain.turn import FinishReason, Usage


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line that the character says in the book."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage as a model sees it: cited as [number]."""

    number: int
    passage: Passage
    chapter_title: str
    own_lines: tuple[OwnLine, ...] = ()  # lines of the character within the passage


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One turn, free of any vendor. Book text and the reader's words are data, not instructions."""

    system: str  # persona and ground rules
    history: Sequence[Message]
    message: str
    evidence: Sequence[Evidence] = ()
    excerpts: Sequence[str] = ()  # of a book without positions: nothing of them can be cited
    was_searched: bool = True  # False: no passage could be looked for; `system` tells a model so
    character_name: str | None = None  # None: the book itself is asked
    own_lines: Sequence[OwnLine] = ()  # of the character anywhere in what was read
    preferences: str = ""  # the reader's, at most 2,000 characters
    max_output_tokens: int = 800
    stop: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ModelText:
    text: str


@dataclass(frozen=True, slots=True)
class ModelFinished:
    """The last thing a model says."""

    reason: FinishReason
    usage: Usage


@dataclass(frozen=True, slots=True)
class ModelReplaced:
    """Told before any text: another model answers in place of the one that was asked."""

    by: str  # its name
    reason: str  # what ailed the first, as a sentence for the reader


ModelOutput: TypeAlias = ModelReplaced | ModelText | ModelFinished


class ChatModel(Protocol):
    @property
    def name(self) -> str:
        """Provider and model, as a reader may see it: "extractive", "openai/gpt-5"."""
        ...

    @property
    def is_generative(self) -> bool:
        """False where it can only quote the book."""
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        """Text deltas, then one ModelFinished. Closing the generator stops the work upstream.

        Raises ModelUnavailable, ModelRateLimited, ModelTimedOut, ModelFailed, ModelNotServed,
        ContextOverflow, ModelRefused, also after text has come.
        """
        ...
