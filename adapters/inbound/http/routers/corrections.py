"""People put a book's cast right."""

from typing import Annotated
from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter, Body

from adapters.inbound.http.dependencies import (
    Books,
    Casts,
    CorrectCastUse,
    CurrentUser,
    IdempotencyKey,
    ResolveFrontierUse,
    UpTo,
    served_version,
)
from adapters.inbound.http.schemas.characters import CharacterOut
from adapters.inbound.http.schemas.common import Listing
from adapters.inbound.http.schemas.corrections import (
    EXAMPLES,
    AppliedOut,
    CorrectedOut,
    CorrectionIn,
    CorrectionOut,
)
from adapters.inbound.http.schemas.problem import problems
from application.apply_corrections import Applied
from application.ports.cast_repository import CastRepository
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.ids import CorrectionId

router = APIRouter(
    prefix="/api/books/{book_id}/corrections", tags=["cast"], responses=problems(404, 409)
)


@router.post(
    "",
    operation_id="correct_cast",
    summary="Put the cast right",
    status_code=201,
    responses=problems(400, 413),
)
@inject
async def correct_cast(
    book_id: UUID,
    body: Annotated[CorrectionIn, Body(openapi_examples=EXAMPLES)],
    user: CurrentUser,
    books: Books,
    casts: Casts,
    frontiers: ResolveFrontierUse,
    correct: CorrectCastUse,
    up_to: UpTo = None,
    idempotency_key: IdempotencyKey = None,
) -> CorrectedOut:
    """Merge, split, rename, set the narrator, give a line to another speaker. It is made before the
    answer: cast, personas of those it touches (a language model may take its time over them) and
    search are in step. It outlives a re-ingest of the book."""
    version = await served_version(books, book_id, user)
    frontier = await frontiers.of_reader(version, user, up_to)
    made = await correct.correct(
        version.book_id, body.change(), user, up_to=frontier, idempotency_key=idempotency_key
    )
    applied = await _told(casts, version, frontier, made.applied)
    return CorrectedOut(correction=CorrectionOut.of(made.correction, made.problem), **dict(applied))


@router.get("", operation_id="list_corrections", summary="What was put right, first to last")
@inject
async def list_corrections(
    book_id: UUID,
    user: CurrentUser,
    books: Books,
    frontiers: ResolveFrontierUse,
    correct: CorrectCastUse,
    up_to: UpTo = None,
) -> Listing[CorrectionOut]:
    """Without those that tell of later pages. One page holds them all."""
    version = await served_version(books, book_id, user)
    found = await correct.listed(version.book_id, await frontiers.of_reader(version, user, up_to))
    return Listing[CorrectionOut](items=[CorrectionOut.of(c, problem) for c, problem in found])


@router.delete("/{correction_id}", operation_id="undo_correction", summary="Take one back")
@inject
async def undo_correction(
    book_id: UUID,
    correction_id: UUID,
    user: CurrentUser,
    books: Books,
    casts: Casts,
    frontiers: ResolveFrontierUse,
    correct: CorrectCastUse,
    up_to: UpTo = None,
) -> AppliedOut:
    """As if it had never been made. Those after it stay; one that was about what this one made is
    listed with a problem."""
    version = await served_version(books, book_id, user)
    frontier = await frontiers.of_reader(version, user, up_to)
    applied = await correct.undo(version.book_id, CorrectionId(str(correction_id)), frontier)
    return await _told(casts, version, frontier, applied)


async def _told(
    casts: CastRepository, version: ContentVersion, frontier: Frontier, applied: Applied
) -> AppliedOut:
    cast = await casts.get(version, frontier)
    return AppliedOut(
        characters=[CharacterOut.of(c) for c in cast.characters if c.id in applied.characters],
        personas=list(applied.personas),
        passages=len(applied.passages),
        warnings=list(applied.warnings),
    )
