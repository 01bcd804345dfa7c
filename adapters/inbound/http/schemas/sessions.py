"""Chat sessions and their messages."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from adapters.inbound.http.schemas.common import (
    MAX_PREFERENCES,
    CleanText,
    FilledText,
    LocatorIn,
    Position,
    Request,
)
from adapters.inbound.http.schemas.sources import SourceOut, source_fields
from domain.conversation import (
    Citation,
    Message,
    MessageState,
    Quotation,
    Role,
    Session,
    SpeakerMark,
)
from domain.leak import Leak, LeakKind


class SessionIn(Request):
    book_id: UUID
    character_id: UUID | None = Field(None, description="Absent: the book itself is asked.")
    read_up_to: LocatorIn | None = None
    title: Annotated[CleanText, Field(max_length=200)] = ""


class SessionOut(BaseModel):
    id: str
    book_id: str
    character_id: str | None
    title: str
    read_up_to: int | None = Field(
        description="Its frontier as an offset; null: none was told, so the reader's progress "
        "in the book holds, else the whole book."
    )
    message_count: int
    last_message_at: datetime | None
    last_message_preview: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, session: Session) -> "SessionOut":
        frontier = session.frontier
        return cls(
            id=session.id,
            book_id=session.book_id,
            character_id=session.character_id,
            title=session.title,
            read_up_to=None if frontier.is_whole_book else frontier.offset,
            message_count=session.message_count,
            last_message_at=session.last_message_at,
            last_message_preview=session.last_message_preview,
            created_at=session.created_at,
            updated_at=session.updated_at,
        )


class FrontierIn(Request):
    read_up_to: LocatorIn
    back: bool = Field(
        False,
        description="Whether it may go back. What was told of later pages is then not shown any "
        "more, and the character knows nothing of it.",
    )


class MessageIn(Request):
    message: FilledText = Field(examples=["What do you think of facts?"])
    preferences: Annotated[CleanText, Field(max_length=MAX_PREFERENCES)] = ""
    read_up_to: LocatorIn | None = None


class CitationOut(SourceOut):
    """A marker of the reply, and the words of the book that it stands for."""

    number: int = Field(description="The marker in the reply: [1].")

    @classmethod
    def of_citation(cls, citation: Citation) -> "CitationOut":
        return cls(number=citation.number, **source_fields(citation))


class QuotationOut(BaseModel):
    """Something in quotation marks in a reply, held against the book as far as it was read."""

    text: str = Field(description="As the reply has it, without the marks.")
    start: int = Field(ge=0, description="In the reply's text, in code points.")
    end: int = Field(ge=0, description="Exclusive; the closing mark comes after it.")
    verified: bool = Field(description="Whether the book has these words, up to typography.")
    source: SourceOut | None = Field(description="Where; null if unverified.")
    parts: list[Position] = Field(
        description="Where words were left out: each stretch of the book that is quoted."
    )
    speaker: SpeakerMark = Field(
        description="Whether the speaker whom the reply names is the one whom the cast knows."
    )
    named: str = Field(description="Whom the reply names as the speaker, as it does; or empty.")
    speaker_name: str = Field(description="Who says it by the cast; or empty.")

    @classmethod
    def of_quotation(cls, quotation: Quotation) -> "QuotationOut":
        source = quotation.source
        return cls(
            text=quotation.text,
            start=quotation.place.start,
            end=quotation.place.end,
            verified=quotation.is_verified,
            source=SourceOut.of_source(source) if source else None,
            parts=[Position.of(part) for part in source.parts] if source else [],
            speaker=quotation.speaker,
            named=quotation.named,
            speaker_name=quotation.speaker_name,
        )


class LeakOut(BaseModel):
    """A place of a reply that tells what was not read: to be hidden until the reader asks for it.

    It tells no more than the reply: not whose name it is, nor where the book has it.
    """

    kind: LeakKind = Field(description="A name, or the book's own words.")
    start: int = Field(ge=0, description="In the reply's text, in code points.")
    end: int = Field(ge=0, description="Exclusive.")
    exact: str = Field(description="What stands there.", examples=["Miss Corrie"])
    held: bool = Field(description="Whether a sentence was held back: `exact` stands for it.")

    @classmethod
    def of_leak(cls, leak: Leak) -> "LeakOut":
        return cls(
            kind=leak.kind,
            start=leak.span.start,
            end=leak.span.end,
            exact=leak.exact,
            held=leak.is_held,
        )


class MessageOut(BaseModel):
    id: str
    turn_id: str
    role: Role
    content: str
    state: MessageState
    citations: list[CitationOut]
    quotations: list[QuotationOut]
    leaks: list[LeakOut]
    degraded: list[str]
    created_at: datetime

    @classmethod
    def of(cls, message: Message) -> "MessageOut":
        return cls(
            id=message.id,
            turn_id=message.turn_id,
            role=message.role,
            content=message.content,
            state=message.state,
            citations=[CitationOut.of_citation(c) for c in message.citations],
            quotations=[QuotationOut.of_quotation(q) for q in message.quotations],
            leaks=[LeakOut.of_leak(leak) for leak in message.leaks],
            degraded=list(message.degraded),
            created_at=message.created_at,
        )
