"""`falsafa add`: take a book in and see it through."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.console import out
from adapters.inbound.cli.estimate import estimate_file, lines_of
from adapters.inbound.cli.runtime import run
from adapters.inbound.cli.working import see_through
from application.ports.book_repository import BookRepository
from application.submit_book import Submission, SubmitBook
from application.told_books import ToldBooks
from domain.book import Book
from domain.errors import InvalidInput
from domain.ids import LOCAL_OWNER

BLOCK = 1 << 20  # bytes read at a time


def add(
    book: Annotated[str, typer.Argument(metavar="FILE|URL", help="A file, or an http(s) address.")],
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only tell what paid models would cost for a file.")
    ] = False,
) -> None:
    """Take a book in: EPUB, PDF, DOCX, HTML, Markdown or plain text.

    It is parsed, its cast found, its passages indexed. Interrupt it and run it again: it goes on
    where it was. The same file twice is one book.
    """
    if estimate:
        for line in lines_of(run(lambda: estimate_file(book))):
            out.print(line, markup=False)
        return
    added = run(lambda: add_book(book))
    out.print(f"{added.title} is ready. ({added.id})", markup=False)
    for warning in added.warnings:
        out.print(f"note: {warning}", markup=False)


@inject
async def add_book(
    source: str,
    books: BookRepository = Provide["books"],
    told_books: ToldBooks = Provide["told_books"],
) -> Book:
    """Submit it, work on it here (beside a server too), and return it when it is whole.

    Raises JobFailed, and whatever submitting raises.
    """
    submission = await _submit(source)
    if not submission.job.state.is_active and submission.book.version is not None:
        return await told_books.told(submission.book, LOCAL_OWNER)
    await see_through(submission.job, submission.book.title)
    return await told_books.told(await books.get(submission.book.id), LOCAL_OWNER)


@inject
async def _submit(source: str, submit_book: SubmitBook = Provide["submit_book"]) -> Submission:
    if source.startswith(("http://", "https://")):
        return await submit_book.from_url(source, owner_id=LOCAL_OWNER)
    path = Path(source)
    if not path.is_file():
        raise InvalidInput(f"There is no file {source}.")
    return await submit_book.from_upload(
        _blocks(path), file_name=path.name, media_type="", owner_id=LOCAL_OWNER
    )


async def _blocks(path: Path) -> AsyncIterator[bytes]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        while block := await asyncio.to_thread(file.read, BLOCK):
            yield block
