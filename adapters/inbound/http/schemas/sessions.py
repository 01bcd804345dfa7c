"""Chat sessions and their messages."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from adapters.inbound.http.schemas.common import (
    MAX_PREFERENCES,
    CleanText,
    FilledText,
    Locator,
    Position,
    Request,
)
from domain.conversation import Citation, Message, MessageState, Role, Session


class SessionIn(Request):
    book_id: UUID
    character_id: UUID | None = Field(None, description="Absent: the book itself is asked.")
    read_up_to: Locator | None = None
    title: Annotated[CleanText, Field(max_length=200)] = ""


class SessionOut(BaseModel):
    id: str
    book_id: str
    character_id: str | None
    title: str
    read_up_to: int | None = Field(description="Its frontier as an offset; null: the whole book.")
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
    read_up_to: Locator
    back: bool = Field(
        False,
        description="Whether it may go back. What was told of later pages is then not shown any "
        "more, and the character knows nothing of it.",
    )


class MessageIn(Request):
    message: FilledText = Field(examples=["What do you think of facts?"])
    preferences: Annotated[CleanText, Field(max_length=MAX_PREFERENCES)] = ""
    read_up_to: Locator | None = None


class CitationOut(Position):
    """A W3C text position selector and text quote selector in one."""

    number: int = Field(description="The marker in the reply: [1].")
    exact: str
    prefix: str
    suffix: str
    chapter_index: int
    chapter_title: str

    @classmethod
    def of_citation(cls, citation: Citation) -> "CitationOut":
        return cls(
            start=citation.span.start,
            end=citation.span.end,
            number=citation.number,
            exact=citation.exact,
            prefix=citation.prefix,
            suffix=citation.suffix,
            chapter_index=citation.chapter_index,
            chapter_title=citation.chapter_title,
        )


class MessageOut(BaseModel):
    id: str
    turn_id: str
    role: Role
    content: str
    state: MessageState
    citations: list[CitationOut]
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
            degraded=list(message.degraded),
            created_at=message.created_at,
        )
