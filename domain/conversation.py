"""Sessions between a reader and a character (or the book itself), their messages and citations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId, MessageId, OwnerId, SessionId, TurnId
from domain.span import Span


@dataclass(frozen=True, slots=True)
class Session:
    id: SessionId
    user_id: OwnerId
    book_id: BookId
    created_at: datetime
    updated_at: datetime
    character_id: CharacterId | None = None  # None: the book itself is asked
    title: str = ""
    frontier: Frontier = WHOLE_BOOK
    message_count: int = 0
    last_message_at: datetime | None = None
    last_message_preview: str = ""


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


class MessageState(StrEnum):
    PENDING = "pending"  # a user's message whose turn still runs
    COMPLETE = "complete"
    PARTIAL = "partial"  # a reply that was cut off
    FAILED = "failed"  # a user's message whose turn gave no text: kept, but no part of the history


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in the book that a reply rests on: a W3C text position and text quote selector."""

    number: int  # the marker in the reply: [1]
    span: Span
    exact: str
    chapter_index: int
    chapter_title: str  # with the parts it lies in
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    id: MessageId
    session_id: SessionId
    turn_id: TurnId
    role: Role
    content: str
    created_at: datetime
    state: MessageState = MessageState.COMPLETE
    citations: tuple[Citation, ...] = ()
    degraded: tuple[str, ...] = ()
    through: Frontier | None = None  # of its turn; None: it was not kept

    def is_told_by(self, frontier: Frontier) -> bool:
        """Whether nothing in it comes from past the frontier. Where it was not kept how far its
        turn could see, what it cites must do."""
        if self.through is not None:
            return self.through <= frontier
        return all(frontier.sees(citation.span) for citation in self.citations)


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    user_id: OwnerId
    book_id: BookId
    frontier: Frontier
    updated_at: datetime
