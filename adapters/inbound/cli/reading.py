"""`falsafa progress`: how far you have read, so that nothing tells you more."""

from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.arguments import BookArgument
from adapters.inbound.cli.console import out
from adapters.inbound.cli.find_book import find_book, version_of
from adapters.inbound.cli.runtime import run
from application.ports.book_repository import BookRepository
from application.ports.reading_progress import ReadingProgressRepository
from application.set_progress import SetProgress
from domain.conversation import ReadingProgress
from domain.ids import LOCAL_OWNER
from domain.locator import FORMS


def progress(
    book: BookArgument,
    place: Annotated[
        str | None, typer.Argument(metavar="[PLACE]", help=FORMS, show_default=False)
    ] = None,
) -> None:
    """Show, or set, how far you have read a book.

    From then on no command tells you more of it, unless it is given an --up-to of its own, and
    your conversations come along. 100% is all of the story.
    """
    title, reached, chapter = run(lambda: _progress(book, place))
    if reached is None or reached.frontier.is_whole_book:
        out.print(f"{title}: nothing is held back.", markup=False)
    else:
        where = f", in {chapter}" if chapter else ""
        out.print(f"{title}: read up to {reached.frontier.offset:,}{where}.", markup=False)


@inject
async def _progress(
    wanted: str,
    place: str | None,
    books: BookRepository = Provide["books"],
    reading_progress: ReadingProgressRepository = Provide["reading_progress"],
    set_progress: SetProgress = Provide["set_progress"],
) -> tuple[str, ReadingProgress | None, str]:
    """With the book's title, and that of the chapter which is being read."""
    book = await find_book(books, wanted)
    version = version_of(book)
    if place is not None:
        await set_progress.set(version, LOCAL_OWNER, place)
    reached = await reading_progress.get(LOCAL_OWNER, book.id)
    if reached is None:
        return book.title, None, ""
    chapters = (await books.layout(version)).up_to(reached.frontier)
    return book.title, reached, chapters[-1].full_title if chapters else ""
