"""What a chat turn tells while it runs: typed events, whoever listens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.conversation import Citation, Quotation
from domain.ids import MessageId, SessionId, TurnId
from domain.leak import Leak
from domain.passage import SearchHit


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"  # the model's limit
    CANCELLED = "cancelled"  # by the reader
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Usage:
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def total(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )


@dataclass(frozen=True, slots=True)
class TurnStarted:
    turn_id: TurnId
    session_id: SessionId
    user_message_id: MessageId
    read_up_to: int | None = None  # the turn's frontier, as an offset; None: the whole book


@dataclass(frozen=True, slots=True)
class Retrieved:
    hits: tuple[SearchHit, ...]
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    citation: Citation


@dataclass(frozen=True, slots=True)
class Quoted:
    quotation: Quotation


@dataclass(frozen=True, slots=True)
class UsageReported:
    usage: Usage


@dataclass(frozen=True, slots=True)
class TurnFailed:
    code: str  # of domain.errors
    message: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class TurnDone:
    """Always the last event of a turn, whatever became of it. By then all is saved."""

    turn_id: TurnId
    finish_reason: FinishReason
    user_message_id: MessageId
    assistant_message_id: MessageId | None = None  # None: no text came
    citations: tuple[Citation, ...] = ()
    usage: Usage = Usage()
    model: str = ""
    degraded: tuple[str, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    leaks: tuple[Leak, ...] = ()


ReplyEvent = Cited | Quoted  # told of a reply by those who read it along

TurnEvent = TurnStarted | Retrieved | TextDelta | ReplyEvent | UsageReported | TurnFailed | TurnDone


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its place in the turn's log, from 1: the id by which a stream is resumed."""

    number: int
    event: TurnEvent
