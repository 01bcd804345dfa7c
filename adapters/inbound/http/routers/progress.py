"""How far a reader has come in a book."""

from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter

from adapters.inbound.http.dependencies import (
    Books,
    CurrentUser,
    Progress,
    SetProgressUse,
    readable_book,
    served_version,
)
from adapters.inbound.http.schemas.books import ProgressIn, ProgressOut
from adapters.inbound.http.schemas.problem import problems

router = APIRouter(prefix="/api/books/{book_id}/progress", tags=["books"])


@router.put(
    "",
    operation_id="set_progress",
    summary="Set the reading position",
    responses=problems(400, 413, 404, 409),
)
@inject
async def set_progress(
    book_id: UUID,
    body: ProgressIn,
    user: CurrentUser,
    books: Books,
    progress: SetProgressUse,
) -> ProgressOut:
    """From now on nothing past it is told to this reader, unless a request says otherwise with an
    `up_to` of its own."""
    version = await served_version(books, book_id, user)
    reached = await progress.set(version, user, body.read_up_to, moves_sessions=body.move_sessions)
    return ProgressOut.of(reached)


@router.get(
    "", operation_id="get_progress", summary="The reading position", responses=problems(404)
)
@inject
async def get_progress(
    book_id: UUID, user: CurrentUser, books: Books, progress: Progress
) -> ProgressOut:
    """An offset of null: none was set, so nothing is held back."""
    book = await readable_book(books, book_id, user)
    reached = await progress.get(user, book.id)
    if reached is None:
        return ProgressOut(book_id=book.id, offset=None, updated_at=None)
    return ProgressOut.of(reached)
