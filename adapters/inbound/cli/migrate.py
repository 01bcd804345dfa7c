"""`falsafa migrate`: books of the older backend, read anew."""

from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject
from rich.table import Table

from adapters.inbound.cli.console import cells, err, out
from adapters.inbound.cli.runtime import EXIT_FAILED, run
from application.migrate_books import MigrateBooks, Migration
from domain.book import Book


def migrate(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list the books; queue nothing.")
    ] = False,
) -> None:
    """Queue every book that only the older backend has read, from the file it was made of.

    Workers do the rest. Until a book's job is done, what the older backend made goes on answering.
    """
    if dry_run:
        _list(run(_waiting))
        return
    done = run(_migrate)
    if not done:
        err.print("No book waits for migration.")
        return
    table = Table("title", "job", "", box=None)
    for migration in done:
        job = migration.job.id[:8] if migration.job else "–"
        why = "" if migration.job else "it has no file: post it again with its file_url"
        table.add_row(*cells(migration.book.title, job, why))
    out.print(table)
    if not all(migration.job for migration in done):
        raise typer.Exit(EXIT_FAILED)


def _list(books: list[Book]) -> None:
    if not books:
        err.print("No book waits for migration.")
        return
    table = Table("title", "file", "id", box=None)
    for book in books:
        table.add_row(*cells(book.title, book.blob_key or _without_query(book), book.id))
    out.print(table)


def _without_query(book: Book) -> str:
    return book.source_url.partition("?")[0] or "–"  # the query may be a signature


@inject
async def _waiting(migrate_books: MigrateBooks = Provide["migrate_books"]) -> list[Book]:
    return [book async for book in migrate_books.waiting()]


@inject
async def _migrate(migrate_books: MigrateBooks = Provide["migrate_books"]) -> list[Migration]:
    waiting = [book async for book in migrate_books.waiting()]  # first: a queued one may change
    return [await migrate_books.migrate(book) for book in waiting]
