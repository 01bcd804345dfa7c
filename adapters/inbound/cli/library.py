"""`falsafa books`, `remove` and `export`: what is in the library."""

from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject
from rich.table import Table

from adapters.inbound.cli.arguments import BookArgument, JsonOption, UpToOption
from adapters.inbound.cli.console import cells, err, out, show_json
from adapters.inbound.cli.find_book import all_books, find_book, version_of
from adapters.inbound.cli.runtime import run
from application.delete_book import DeleteBook
from application.export_book import ExportBook
from application.ports.book_repository import BookRepository
from application.resolve_frontier import ResolveFrontier
from domain.book import Book
from domain.ids import LOCAL_OWNER


def books(as_json: JsonOption = False) -> None:
    """List the books of the library."""
    found = run(_all)
    if as_json:
        show_json(
            [{"id": b.id, "title": b.title, "author": b.author, "status": b.status} for b in found]
        )
    elif not found:
        err.print("The library is empty. `falsafa add FILE` takes a book in.")
    else:
        table = Table("title", "author", "status", "language", "passages", "id", box=None)
        for book in found:
            status = f"{book.status}: {book.failure}" if book.failure else str(book.status)
            told = (book.title, book.author, status, book.language, str(book.total_passages))
            table.add_row(*cells(*told, book.id[:8]))
        out.print(table)


def remove(
    book: BookArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take a book out of the library, with its cast, its index and its conversations."""
    removed = run(lambda: _remove(book, ask=not yes))
    out.print(f"{removed.title} is gone.", markup=False)


def export(book: BookArgument, up_to: UpToOption = None) -> None:
    """Print a book's chapters, cast, quotations and relations as JSON."""
    show_json(run(lambda: _export(book, up_to)))


@inject
async def _all(library: BookRepository = Provide["books"]) -> list[Book]:
    return await all_books(library)


@inject
async def _remove(
    wanted: str,
    *,
    ask: bool,
    library: BookRepository = Provide["books"],
    delete_book: DeleteBook = Provide["delete_book"],
) -> Book:
    book = await find_book(library, wanted)
    if ask:
        typer.confirm(f"Remove {book.title} and every conversation about it?", abort=True)
    await delete_book.delete(book.id)
    return book


@inject
async def _export(
    wanted: str,
    up_to: str | None,
    library: BookRepository = Provide["books"],
    resolve_frontier: ResolveFrontier = Provide["resolve_frontier"],
    export_book: ExportBook = Provide["export_book"],
) -> dict[str, object]:
    book = await find_book(library, wanted)
    frontier = await resolve_frontier.of_reader(version_of(book), LOCAL_OWNER, up_to)
    return await export_book.export(book.id, frontier)
