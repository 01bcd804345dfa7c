"""What a book says: its chapters, and any stretch of its text."""

from typing import Annotated
from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter, Query

from adapters.inbound.http.dependencies import (
    Books,
    CurrentUser,
    ResolveFrontierUse,
    Texts,
    UpTo,
    served_version,
)
from adapters.inbound.http.schemas.books import ChapterOut, ChaptersOut, TextOut
from adapters.inbound.http.schemas.problem import problems
from domain.errors import InvalidInput
from domain.span import Span

MAX_SLICE = 200_000  # code points of one answer

router = APIRouter(prefix="/api/books/{book_id}", tags=["books"], responses=problems(404, 409))

Offset = Annotated[int, Query(ge=0, le=10**9)]


@router.get("/chapters", operation_id="list_chapters", summary="The chapters that were reached")
@inject
async def list_chapters(
    book_id: UUID,
    user: CurrentUser,
    books: Books,
    frontiers: ResolveFrontierUse,
    up_to: UpTo = None,
) -> ChaptersOut:
    """The last one is cut at the reading position; later titles are not told."""
    version = await served_version(books, book_id, user)
    frontier = await frontiers.of_reader(version, user, up_to)
    layout = await books.layout(version)
    chapters = [ChapterOut.of_chapter(chapter) for chapter in layout.up_to(frontier)]
    return ChaptersOut(chapters=chapters, length=layout.length)


@router.get("/text", operation_id="read_text", summary="A slice of the canonical text")
@inject
async def read_text(
    book_id: UUID,
    user: CurrentUser,
    books: Books,
    texts: Texts,
    frontiers: ResolveFrontierUse,
    start: Offset,
    end: Offset,
    up_to: UpTo = None,
) -> TextOut:
    """Cut at the reading position and at the end of the book: look at `end` in the answer."""
    if not start <= end <= start + MAX_SLICE:
        raise InvalidInput(f"Ask for start <= end, at most {MAX_SLICE:,} code points at once.")
    version = await served_version(books, book_id, user)
    frontier = await frontiers.of_reader(version, user, up_to)
    text = await texts.slice(version, Span(start, end), frontier)
    length = await texts.length(version)
    return TextOut(start=start, end=start + len(text), text=text, length=length)
