"""A reply while it is being written: what has come of it, and how it ended."""

import logging
import time
import traceback
from dataclasses import dataclass, field
from typing import TypeAlias

from application.ports.chat_model import ModelFinished, ModelReplaced
from domain.conversation import Citation, MessageState, Quotation
from domain.errors import FalsafaError, ModelFailed, StaleWrite
from domain.leak import Leak
from domain.leak_check import LeakCheck, Unchecked
from domain.turn import Cited, FinishReason, Quoted, ReplyEvent, Usage

HELD_BACK_NOTE = "What would have told of pages not read yet was held back."

ReplyCheck: TypeAlias = LeakCheck | Unchecked

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reply:
    model: str  # that answers
    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    quotations: list[Quotation] = field(default_factory=list)
    degraded: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    reason: FinishReason = FinishReason.ERROR  # until the model has ended, or the turn is judged
    error: FalsafaError | None = None
    started: float = field(default_factory=time.monotonic)
    first_text_after: float | None = None  # seconds
    check: ReplyCheck = field(default_factory=Unchecked)

    @property
    def has_text(self) -> bool:
        return bool(self.text.strip())

    @property
    def state(self) -> MessageState:
        whole = self.reason in (FinishReason.STOP, FinishReason.LENGTH)
        return MessageState.COMPLETE if whole else MessageState.PARTIAL

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def leaks(self) -> tuple[Leak, ...]:
        return self.check.leaks

    def hold_against(self, check: ReplyCheck) -> None:
        self.check = check
        if check.lack:
            self.lack(check.lack)

    def replace(self, replaced: ModelReplaced, asked: str) -> None:
        self.model = replaced.by
        self.lack(f"{replaced.by} answers in place of {asked}: {replaced.reason}")

    def lack(self, what: str) -> None:
        """Note what the answer had to do without; once, however often it was missed."""
        if what not in self.degraded:
            self.degraded += (what,)

    def add(self, delta: str) -> None:
        if self.first_text_after is None:
            self.first_text_after = self.seconds
        self.text += delta

    def note(self, event: ReplyEvent) -> None:
        """Keep what was told of the reply, so that it is saved with it."""
        match event:
            case Cited():
                self.citations.append(event.citation)
            case Quoted():
                self.quotations.append(event.quotation)

    def finish(self, finished: ModelFinished) -> None:
        self.usage = finished.usage
        self.reason = finished.reason

    def fail(self, error: FalsafaError) -> None:
        self.error = error
        self.reason = FinishReason.ERROR

    def judge(self, failure: BaseException | None, *, stopped: bool, lost: bool) -> None:
        """Settle how it ended. A reply that was whole before it was stopped is whole.

        `lost`: the session's lock could not be held.
        """
        if any(leak.is_held for leak in self.leaks):
            self.lack(HELD_BACK_NOTE)
        if self.reason in (FinishReason.STOP, FinishReason.LENGTH) and failure is None:
            if not self.has_text:
                self.fail(ModelFailed("The model gave no answer. Try again."))
        elif stopped:
            self.reason = FinishReason.CANCELLED
        elif lost:
            self.fail(StaleWrite("Another turn has taken this conversation over."))
        elif failure is not None:
            self.fail(_as_told(failure))
        else:
            self.fail(ModelFailed("The model broke off. Try again."))


def _as_told(failure: BaseException) -> FalsafaError:
    """What may be told of an error. One that nobody foresaw is logged by its place alone: its
    message might hold the reader's words."""
    if isinstance(failure, FalsafaError):
        return failure
    place = "".join(traceback.format_tb(failure.__traceback__))
    _log.error("a turn failed with %s at\n%s", type(failure).__name__, place)
    return FalsafaError("Something went wrong on our side. Try again.")
