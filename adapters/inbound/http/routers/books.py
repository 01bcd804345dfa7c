"""Books: take one in, look at those that are there, let one go."""

from typing import Any
from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError

from adapters.inbound.http.dependencies import (
    Books,
    CurrentUser,
    DeleteBookUse,
    IdempotencyKey,
    Paging,
    SubmitBookUse,
    ToldBooksUse,
    UpTo,
    readable_book,
)
from adapters.inbound.http.multipart import open_upload
from adapters.inbound.http.schemas.books import BookByUrl, BookOut, SubmissionOut
from adapters.inbound.http.schemas.common import Listing
from adapters.inbound.http.schemas.jobs import JobOut
from adapters.inbound.http.schemas.problem import problems
from application.submit_book import Submission
from application.told_books import ToldBooks
from domain.errors import BookNotFound, InvalidInput
from domain.ids import BookId, OwnerId

UPLOAD_PATH = "/api/books"

router = APIRouter(prefix="/api/books", tags=["books"])

_uuid = TypeAdapter(UUID)

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "book_id": {
                            "type": "string",
                            "format": "uuid",
                            "description": "Run this book again with the file, or give a new "
                            "book this id. Stands before the file.",
                        },
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}


@router.post(
    "",
    operation_id="upload_book",
    summary="Upload a book",
    status_code=202,
    responses=problems(409, 413),
    openapi_extra=_FORM,
)
@inject
async def upload_book(
    request: Request,
    response: Response,
    user: CurrentUser,
    submit: SubmitBookUse,
    told: ToldBooksUse,
    idempotency_key: IdempotencyKey = None,
) -> SubmissionOut:
    """EPUB, PDF, DOCX, HTML, Markdown or plain text: the content decides, not the name. The same
    file again is the same book."""
    upload = await open_upload(request)
    submission = await submit.from_upload(
        upload.content,
        file_name=upload.file_name,
        media_type=upload.media_type,
        owner_id=user,
        book_id=_book_id(upload.fields),
        idempotency_key=idempotency_key,
    )
    return await _accepted(submission, told, user, response)


@router.post(
    "/by-url",
    operation_id="add_book_by_url",
    summary="Add a book by its URL",
    status_code=202,
    responses=problems(400, 413, 409),
)
@inject
async def add_book_by_url(
    body: BookByUrl,
    response: Response,
    user: CurrentUser,
    submit: SubmitBookUse,
    told: ToldBooksUse,
    idempotency_key: IdempotencyKey = None,
) -> SubmissionOut:
    """The file is fetched by the job: whether it is a book shows there."""
    submission = await submit.from_url(
        body.url,
        owner_id=user,
        book_id=BookId(str(body.book_id)) if body.book_id else None,
        idempotency_key=idempotency_key,
    )
    return await _accepted(submission, told, user, response)


@router.get("", operation_id="list_books", summary="The reader's books", responses=problems())
@inject
async def list_books(
    user: CurrentUser, page: Paging, books: Books, told: ToldBooksUse
) -> Listing[BookOut]:
    found = await books.list(user, page)
    items = [BookOut.of(await told.told(book, user)) for book in found.items]
    return Listing[BookOut].of(found, items)


@router.get("/{book_id}", operation_id="get_book", summary="One book", responses=problems(404))
@inject
async def get_book(
    book_id: UUID, user: CurrentUser, books: Books, told: ToldBooksUse, up_to: UpTo = None
) -> BookOut:
    """Warnings and a description that name somebody of later pages are left out."""
    return BookOut.of(await told.told(await readable_book(books, book_id, user), user, up_to))


@router.delete(
    "/{book_id}",
    operation_id="delete_book",
    summary="Delete a book with all that was made of it",
    status_code=204,
    responses=problems(404),
)
@inject
async def delete_book(
    book_id: UUID, user: CurrentUser, books: Books, delete: DeleteBookUse
) -> None:
    book = await readable_book(books, book_id, user)
    if book.owner_id != user:
        raise BookNotFound("You have no such book.")
    await delete.delete(book.id)


def _book_id(fields: dict[str, str]) -> BookId | None:
    unknown = fields.keys() - {"book_id"}
    if unknown:
        raise InvalidInput(f"The form has no field {min(unknown)!r}; it has book_id and file.")
    if "book_id" not in fields:
        return None
    try:
        return BookId(str(_uuid.validate_python(fields["book_id"])))
    except ValidationError as error:
        raise InvalidInput("book_id is a UUID.") from error


async def _accepted(
    submission: Submission, told: ToldBooks, user: OwnerId, response: Response
) -> SubmissionOut:
    response.headers["Location"] = f"/api/jobs/{submission.job.id}"
    return SubmissionOut(
        book=BookOut.of(await told.told(submission.book, user)),
        job=JobOut.of(await told.told_job(submission.job, user)),
        created=submission.created,
    )
