"""`falsafa talk`: talk with a character, or ask the book."""

import asyncio
from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.arguments import BookArgument, UpToOption
from adapters.inbound.cli.console import err, out, show_error
from adapters.inbound.cli.find_book import find_book, find_character, version_of
from adapters.inbound.cli.marked_text import MarkedText
from adapters.inbound.cli.runtime import EXIT_FAILED, run
from application.chat_turn import TurnRequest
from application.open_session import OpenSession
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.clock import new_uuid
from application.resolve_frontier import ResolveFrontier
from application.turn_runner import TurnRunner
from domain.conversation import Citation, Session
from domain.errors import FalsafaError
from domain.ids import LOCAL_OWNER, TurnId
from domain.turn import Quoted, TextDelta, TurnDone, TurnEvent, TurnFailed

MAY_SPOIL = "The reply may tell of pages that you have not read yet."
QUIT = {"/quit", "/exit", "/q"}


def talk(
    book: BookArgument,
    with_name: Annotated[
        str | None,
        typer.Option("--with", metavar="NAME", help="A character; without it, the book answers."),
    ] = None,
    up_to: UpToOption = None,
    say: Annotated[
        str | None, typer.Option("--say", metavar="TEXT", help="Say this, and end.")
    ] = None,
) -> None:
    """Talk with a character of a book, or with the book itself.

    Every answer cites the passages it rests on; nothing past --up-to is known to it. Behind what it
    quotes stands ✓ if the book has these words, (?) if not. /quit ends.
    """
    run(lambda: _talk(book, with_name, up_to, say))


async def _talk(book: str, with_name: str | None, up_to: str | None, say: str | None) -> None:
    session, name = await open_session(book, with_name, up_to)
    if say is not None:
        if not await say_once(session, say):
            raise typer.Exit(EXIT_FAILED)
        return
    err.print(f"You are talking with {name}. /quit ends.", style="dim", markup=False)
    while (message := await _ask()) is not None:
        if message:
            out.print(f"{name}: ", style="bold", end="", markup=False)
            await _say_and_go_on(session, message)


async def _say_and_go_on(session: Session, message: str) -> None:
    """What a message did wrong ends its turn, not the conversation."""
    try:
        await say_once(session, message)
    except FalsafaError as error:
        show_error(error.code, error.message)


async def _ask() -> str | None:
    """The next message; None at the end of the conversation."""
    try:
        message = (await asyncio.to_thread(input, "you: ")).strip()
    except EOFError:
        return None
    return None if message in QUIT else message


@inject
async def open_session(
    wanted: str,
    with_name: str | None,
    up_to: str | None,
    books: BookRepository = Provide["books"],
    casts: CastRepository = Provide["casts"],
    resolve_frontier: ResolveFrontier = Provide["resolve_frontier"],
    open_session: OpenSession = Provide["open_session"],
) -> tuple[Session, str]:
    """A new session, and the name of whoever answers in it."""
    book = await find_book(books, wanted)
    version = version_of(book)
    character = None
    if with_name is not None:
        frontier = await resolve_frontier.of_reader(version, LOCAL_OWNER, up_to)
        character = find_character(await casts.get(version, frontier), with_name)
    session = await open_session.open(
        user_id=LOCAL_OWNER,
        book_id=book.id,
        character_id=character.id if character else None,
        read_up_to=up_to,
    )
    return session, character.name if character else book.title


@inject
async def say_once(
    session: Session, message: str, turn_runner: TurnRunner = Provide["turn_runner"]
) -> bool:
    """One turn, streamed to the screen, with its citations below. False if it failed."""
    request = TurnRequest(
        session_id=session.id,
        user_id=session.user_id,
        message=message,
        turn_id=TurnId(new_uuid()),
    )
    turn_id = await turn_runner.start(request)
    answered, marked = True, MarkedText()
    try:
        async for logged in turn_runner.events(turn_id):
            event = logged.event
            out.print(_shown(event, marked), end="", markup=False)
            if isinstance(event, TurnFailed):
                answered = False
                err.print()
                show_error(event.code, event.message)
            elif isinstance(event, TurnDone):
                _show_ending(event)
    except asyncio.CancelledError:
        await turn_runner.stop(turn_id)
        raise
    return answered


def _shown(event: TurnEvent, marked: MarkedText) -> str:
    """What an event adds to the reply on the screen."""
    match event:
        case TextDelta():
            return marked.feed(event.text)
        case Quoted():
            return marked.mark(event.quotation)
        case TurnFailed() | TurnDone():
            return marked.end()
    return ""


def _show_ending(done: TurnDone) -> None:
    out.print("\n")
    for citation in done.citations:
        out.print(_citation_line(citation), style="dim", markup=False)
    if any(not leak.is_held for leak in done.leaks):
        err.print(f"note: {MAY_SPOIL}", style="dim", markup=False)
    for part in done.degraded:
        err.print(f"note: {part}", style="dim", markup=False)


def _citation_line(citation: Citation) -> str:
    return f"  [{citation.number}] {citation.chapter_title}: {citation.exact}"
