"""`falsafa reindex`: embed books anew, after another embedding model was chosen."""

from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.console import err, out
from adapters.inbound.cli.find_book import find_book
from adapters.inbound.cli.runtime import run
from adapters.inbound.cli.working import see_through
from application.ports.book_repository import BookRepository
from application.reindex_book import ReindexBook
from domain.book import Book
from domain.errors import InvalidInput


def reindex(
    book: Annotated[
        str | None,
        typer.Argument(metavar="[BOOK]", help="Words of its title, or its id.", show_default=False),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every book that another model has indexed.")
    ] = False,
) -> None:
    """Embed a book anew, with the embedding model that is chosen now.

    Its text, cast, personas and conversations stay. Until the new index is whole the old one
    answers. Interrupt it and run it again: it goes on where it was.
    """
    done = run(lambda: _reindex(book, every=every))
    for each in done:
        out.print(f"{each.title} is indexed anew. ({each.id})", markup=False)
    if not done:
        err.print("Every book is indexed with the model that is chosen now.")


@inject
async def _reindex(
    wanted: str | None,
    *,
    every: bool,
    library: BookRepository = Provide["books"],
    reindex_book: ReindexBook = Provide["reindex_book"],
) -> list[Book]:
    """Raises InvalidInput, BookNotFound, BookNotReady, JobFailed."""
    if (wanted is None) != every:
        raise InvalidInput("Name a book, or give --all for every book that needs it.")
    if wanted is None:
        chosen = [book async for book in reindex_book.outdated()]
    else:
        chosen = [await find_book(library, wanted)]
    for book in chosen:
        job = (await reindex_book.reindex(book.id)).job
        await see_through(job, book.title)
    return chosen
