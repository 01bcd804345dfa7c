"""Books, their chapters and their text."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from adapters.inbound.http.schemas.common import CleanText, LocatorIn, Position, Request
from adapters.inbound.http.schemas.jobs import JobOut
from domain.book import Book, BookStatus, Chapter, ChapterKind
from domain.conversation import ReadingProgress


class BookByUrl(Request):
    url: Annotated[CleanText, Field(max_length=4096)] = Field(
        description="An http or https URL of the file.",
        examples=["https://books.example/hard-times.epub"],
    )
    book_id: UUID | None = Field(
        None, description="Run this book again with the file, or give a new book this id."
    )


class BookOut(BaseModel):
    id: str = Field(examples=["4f0c3a52-8a0a-4b7c-9a0e-2f5f3c0d1e11"])
    title: str = Field(examples=["Hard Times"])
    author: str = Field(examples=["Charles Dickens"])
    language: str = Field(examples=["en"], description="BCP 47; empty while unknown.")
    description: str
    status: BookStatus
    failure: str = Field(description="Why the last run failed; an older version may still serve.")
    warnings: list[str]
    version: int = Field(description="The content version that answers; 0 while there is none.")
    total_passages: int
    media_type: str = Field(examples=["application/epub+zip"])
    file_name: str = Field(examples=["hard-times.epub"])
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, book: Book) -> "BookOut":
        return cls(
            id=book.id,
            title=book.title,
            author=book.author,
            language=book.language,
            description=book.description,
            status=book.status,
            failure=book.failure,
            warnings=list(book.warnings),
            version=book.serving,
            total_passages=book.total_passages,
            media_type=book.media_type,
            file_name=book.file_name,
            created_at=book.created_at,
            updated_at=book.updated_at,
        )


class SubmissionOut(BaseModel):
    book: BookOut
    job: JobOut
    created: bool = Field(description="False: this file, or this request, had come before.")


class ChapterOut(Position):
    index: int = Field(description="Place in reading order from 0, front and back matter counted.")
    number: int | None = Field(description="Body chapters count from 1.")
    title: str
    kind: ChapterKind
    parents: list[str] = Field(description="Titles of the parts it lies in, outermost first.")

    @classmethod
    def of_chapter(cls, chapter: Chapter) -> "ChapterOut":
        return cls(
            start=chapter.span.start,
            end=chapter.span.end,
            index=chapter.index,
            number=chapter.number,
            title=chapter.title,
            kind=chapter.kind,
            parents=list(chapter.parents),
        )


class ChaptersOut(BaseModel):
    chapters: list[ChapterOut]
    length: int = Field(description="Of the whole canonical text, in code points.")


class TextOut(Position):
    text: str
    length: int = Field(description="Of the whole canonical text, in code points.")


class ProgressIn(Request):
    read_up_to: LocatorIn
    move_sessions: bool = Field(
        True,
        description="Whether the reader's sessions with the book that are not as far come along. "
        "None is ever taken back.",
    )


class ProgressOut(BaseModel):
    book_id: str
    offset: int | None = Field(
        description="The text before this code point has been read; null: no limit is set."
    )
    updated_at: datetime | None

    @classmethod
    def of(cls, progress: ReadingProgress) -> "ProgressOut":
        limit = None if progress.frontier.is_whole_book else progress.frontier.offset
        return cls(book_id=progress.book_id, offset=limit, updated_at=progress.updated_at)
