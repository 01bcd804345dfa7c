"""POST /character/processing: a documented route."""

from dependency_injector.wiring import inject
from fastapi import APIRouter, Request

from adapters.inbound.http.dependencies import SubmitBookUse, ToldBooksUse
from adapters.inbound.http.problems import Problem
from adapters.inbound.http.routers.documented import DocumentedRoute
from adapters.inbound.http.schemas.documented import ProcessingData, ProcessingIn, ProcessingOut
from adapters.inbound.http.schemas.jobs import JobOut
from adapters.inbound.http.schemas.problem import problems
from domain.errors import BookNotFound
from domain.ids import BookId, OwnerId

router = APIRouter(tags=["documented"], route_class=DocumentedRoute)


@router.post(
    "/character/processing",
    operation_id="process_book",
    summary="Fetch a book and find its characters",
    status_code=202,
    response_model=ProcessingOut,
    responses=problems(400, 413),
)
@inject
async def process_book(
    body: ProcessingIn, request: Request, submit: SubmitBookUse, told: ToldBooksUse
) -> ProcessingOut | Problem:
    """The book decides: posted again while its job is active, the same job is returned;
    afterwards the book is run again, and the old version serves until the new one is whole."""
    user = OwnerId(str(body.user_id))
    try:
        submission = await submit.from_url(
            body.file_url,
            owner_id=user,
            book_id=BookId(str(body.book_id)),
        )
    except BookNotFound as error:  # the route is there: it is the body that names no book
        return Problem(422, error.code, error.message, request.url.path)
    job = JobOut.of(await told.told_job(submission.job, user))
    return ProcessingOut(job_id=job.id, data=ProcessingData(book_id=job.book_id, job=job))
