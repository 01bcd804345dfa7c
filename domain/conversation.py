"""Sessions between a reader and a character (or the book itself), their messages and citations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.epub_locator import EpubLocator
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId, MessageId, OwnerId, SessionId, TurnId
from domain.leak import Leak
from domain.span import Span

SURROUNDINGS = 32  # code points of the prefix and suffix that tell a place in the book


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
    epub: EpubLocator | None = None


class SpeakerMark(StrEnum):
    """Whether whom a reply names as a quotation's speaker is the one whom the cast knows for it."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "unknown"  # nobody is named, or the book does not tell


@dataclass(frozen=True, slots=True)
class Source:
    """Where in the book a quotation stands: a W3C text position and text quote selector."""

    span: Span
    exact: str
    chapter_index: int
    chapter_title: str  # with the parts it lies in
    prefix: str = ""
    suffix: str = ""
    # Where words were left out, or a speech tag was: each stretch that is quoted.
    parts: tuple[Span, ...] = ()
    epub: EpubLocator | None = None


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands in quotation marks in a reply. Without a source it is unverified: the book, as
    far as it has been read, does not have these words."""

    text: str  # as the reply has it, without the marks
    place: Span  # in the reply, without the marks
    source: Source | None = None
    speaker: SpeakerMark = SpeakerMark.UNKNOWN
    named: str = ""  # whom the reply names as its speaker, as it does; "" nobody
    speaker_name: str = ""  # of whom the cast knows for it; "" nobody

    @property
    def is_verified(self) -> bool:
        return self.source is not None


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
    quotations: tuple[Quotation, ...] = ()
    leaks: tuple[Leak, ...] = ()

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
