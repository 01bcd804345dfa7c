"""`falsafa correct BOOK …`: put a book's cast right."""

from dataclasses import dataclass
from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject
from rich.table import Table

from adapters.inbound.cli.arguments import BookArgument, JsonOption, UpToOption
from adapters.inbound.cli.console import cells, err, out, show_json
from adapters.inbound.cli.find_book import find_book, find_character, version_of
from adapters.inbound.cli.find_quote import find_quote
from adapters.inbound.cli.runtime import run
from adapters.inbound.cli.told_corrections import told
from application.apply_corrections import Applied
from application.correct_cast import CorrectCast, Listed
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.text_store import TextStore
from application.resolve_frontier import ResolveFrontier
from domain.book import ContentVersion
from domain.cast import Cast
from domain.correction_json import change_to_json
from domain.corrections import (
    Change,
    CharacterAnchor,
    Correction,
    MergeCharacters,
    Place,
    QuoteAnchor,
    ReattributeQuote,
    RenameCharacter,
    SetNarrator,
    SplitCharacter,
)
from domain.errors import CorrectionNotFound, InvalidInput
from domain.frontier import Frontier
from domain.ids import LOCAL_OWNER, BookId
from domain.locator import FORMS

SHORTEST_ID = 4  # characters of a correction's id that name it

correct = typer.Typer(
    name="correct",
    help="Put a book's cast right: merge, split, rename, set the narrator, give a line to another.",
    epilog="A correction outlives reading the book again. For instance: falsafa correct"
    ' "hard times" merge Sparsit "Mrs. Sparsit"',
    no_args_is_help=True,
)

Who = Annotated[str, typer.Argument(metavar="WHO", help="Any name of the character, or a part.")]
KnownFrom = Annotated[
    str | None,
    typer.Option("--known-from", metavar="PLACE", help=f"Where the text reveals it: {FORMS}."),
]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whose corrections: of which book, by somebody who has read how far."""

    book: str
    up_to: str | None


@correct.callback()
def of_book(context: typer.Context, book: BookArgument, up_to: UpToOption = None) -> None:
    context.obj = _Reader(book, up_to)


@correct.command()
def merge(
    context: typer.Context,
    who: Who,
    into: Annotated[str, typer.Argument(metavar="INTO", help="Who they are.")],
    known_from: KnownFrom = None,
) -> None:
    """Two characters are one person."""
    _show(run(lambda: _merge(context.obj, who, into, known_from)))


@correct.command()
def split(
    context: typer.Context,
    who: Who,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME…", help="Those of the other; the first is shown.")
    ],
) -> None:
    """One character is two: some of the names are somebody else's."""
    _show(run(lambda: _split(context.obj, who, names)))


@correct.command()
def rename(
    context: typer.Context,
    who: Who,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the book's, or your own.")],
    known_from: KnownFrom = None,
) -> None:
    """Show a character by another name."""
    _show(run(lambda: _rename(context.obj, who, name, known_from)))


@correct.command()
def narrator(
    context: typer.Context,
    who: Annotated[
        str | None, typer.Argument(metavar="[WHO]", help="Who says “I”.", show_default=False)
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody of the cast.")] = False,
    known_from: KnownFrom = None,
) -> None:
    """Say who tells the story."""
    _show(run(lambda: _narrator(context.obj, who, known_from, nobody=nobody)))


@correct.command()
def quote(
    context: typer.Context,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="Of the line, as they stand.")],
    speaker: Annotated[
        str | None,
        typer.Argument(metavar="[SPEAKER]", help="Who says it.", show_default=False),
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Better not to say.")] = False,
    alone: Annotated[
        bool, typer.Option("--alone", help="Not the other parts of an interrupted speech.")
    ] = False,
    at: Annotated[
        int | None,
        typer.Option("--at", metavar="OFFSET", help="Which, where several have the words."),
    ] = None,
) -> None:
    """Give a line to another speaker."""
    _show(run(lambda: _quote(context.obj, words, speaker, at, nobody=nobody, alone=alone)))


@correct.command("list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show what was put right, first to last."""
    found = run(lambda: _listed(context.obj))
    if as_json:
        show_json([_as_json(correction, problem) for correction, problem in found])
    elif not found:
        err.print("Nothing was put right in this book's cast.")
    else:
        table = Table("id", "when", "what", "", box=None)
        for correction, problem in found:
            when = f"{correction.created_at:%Y-%m-%d %H:%M}"
            table.add_row(*cells(correction.id[:8], when, told(correction.change), problem))
        out.print(table)


@correct.command()
def undo(
    context: typer.Context,
    correction: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", help="As in the list; absent: the last.", show_default=False
        ),
    ] = None,
) -> None:
    """Take a correction back."""
    undone, applied = run(lambda: _undo(context.obj, correction))
    out.print(f"Taken back: {told(undone.change)}", markup=False)
    _show_applied(applied)


def _show(made: tuple[Correction, str, Applied]) -> None:
    correction, problem, applied = made
    out.print(f"{told(correction.change)} ({correction.id[:8]})", markup=False)
    if problem:
        err.print(f"It could not be made: {problem}", markup=False)
    _show_applied(applied)


def _show_applied(applied: Applied) -> None:
    err.print(
        f"changed: {len(applied.characters)} characters, {len(applied.personas)} personas,"
        f" the context of {len(applied.passages)} passages"
    )
    for warning in applied.warnings:
        err.print(f"note: {warning}", markup=False)


def _as_json(correction: Correction, problem: str) -> dict[str, object]:
    return {
        "id": correction.id,
        "created_at": correction.created_at.isoformat(),
        "change": change_to_json(correction.change),
        "problem": problem or None,
    }


@inject
async def _merge(
    reader: _Reader,
    who: str,
    into: str,
    known_from: str | None,
    casts: CastRepository = Provide["casts"],
) -> tuple[Correction, str, Applied]:
    """Those who turn out to be one may be named apart, to say since when they are."""
    version, frontier, cast = await _cast_of(reader)
    if frontier.is_whole_book:
        cast = await casts.whole(version)
    place = await _place(version, known_from)
    change = MergeCharacters(_who(cast, who), _who(cast, into), place)
    return await _make(version.book_id, frontier, change)


async def _split(reader: _Reader, who: str, names: list[str]) -> tuple[Correction, str, Applied]:
    version, frontier, cast = await _cast_of(reader)
    return await _make(version.book_id, frontier, SplitCharacter(_who(cast, who), tuple(names)))


async def _rename(
    reader: _Reader, who: str, name: str, known_from: str | None
) -> tuple[Correction, str, Applied]:
    version, frontier, cast = await _cast_of(reader)
    place = await _place(version, known_from)
    return await _make(version.book_id, frontier, RenameCharacter(_who(cast, who), name, place))


async def _narrator(
    reader: _Reader, who: str | None, known_from: str | None, *, nobody: bool
) -> tuple[Correction, str, Applied]:
    version, frontier, cast = await _cast_of(reader)
    place = await _place(version, known_from)
    chosen = _who_or_nobody(cast, who, nobody=nobody)
    return await _make(version.book_id, frontier, SetNarrator(chosen, place))


@inject
async def _quote(
    reader: _Reader,
    words: str,
    speaker: str | None,
    at: int | None,
    *,
    nobody: bool,
    alone: bool,
    texts: TextStore = Provide["texts"],
) -> tuple[Correction, str, Applied]:
    version, frontier, cast = await _cast_of(reader)
    chosen = _who_or_nobody(cast, speaker, nobody=nobody)
    meant = await find_quote(texts, version, cast, words, at)
    change = ReattributeQuote(QuoteAnchor(meant.id), chosen, alone)
    return await _make(version.book_id, frontier, change)


@inject
async def _listed(
    reader: _Reader, correct_cast: CorrectCast = Provide["correct_cast"]
) -> list[Listed]:
    version, frontier = await _version_of(reader)
    return await correct_cast.listed(version.book_id, frontier)


@inject
async def _undo(
    reader: _Reader, id_: str | None, correct_cast: CorrectCast = Provide["correct_cast"]
) -> tuple[Correction, Applied]:
    """Raises CorrectionNotFound, also where the beginning of an id fits several."""
    version, frontier = await _version_of(reader)
    log = [correction for correction, _ in await correct_cast.listed(version.book_id, frontier)]
    if id_ is None:
        fits = log[-1:]
    else:
        fits = [c for c in log if len(id_) >= SHORTEST_ID and c.id.startswith(id_.casefold())]
    if len(fits) != 1:
        raise CorrectionNotFound("There is no such correction. `falsafa correct BOOK list` lists.")
    return fits[0], await correct_cast.undo(version.book_id, fits[0].id, frontier)


@inject
async def _make(
    book_id: BookId,
    frontier: Frontier,
    change: Change,
    correct_cast: CorrectCast = Provide["correct_cast"],
) -> tuple[Correction, str, Applied]:
    made = await correct_cast.correct(book_id, change, LOCAL_OWNER, up_to=frontier)
    return made.correction, made.problem, made.applied


@inject
async def _cast_of(
    reader: _Reader, casts: CastRepository = Provide["casts"]
) -> tuple[ContentVersion, Frontier, Cast]:
    version, frontier = await _version_of(reader)
    return version, frontier, await casts.get(version, frontier)


@inject
async def _version_of(
    reader: _Reader,
    books: BookRepository = Provide["books"],
    resolve_frontier: ResolveFrontier = Provide["resolve_frontier"],
) -> tuple[ContentVersion, Frontier]:
    version = version_of(await find_book(books, reader.book))
    return version, await resolve_frontier.of_reader(version, LOCAL_OWNER, reader.up_to)


@inject
async def _place(
    version: ContentVersion,
    locator: str | None,
    resolve_frontier: ResolveFrontier = Provide["resolve_frontier"],
) -> Place | None:
    if locator is None:
        return None
    return Place((await resolve_frontier.resolve(version, locator)).offset)


def _who(cast: Cast, name: str) -> CharacterAnchor:
    return CharacterAnchor(find_character(cast, name).id)


def _who_or_nobody(cast: Cast, name: str | None, *, nobody: bool) -> CharacterAnchor | None:
    if (name is None) != nobody:
        raise InvalidInput("Name somebody, or give --nobody.")
    return None if name is None else _who(cast, name)
