"""`falsafa cast`: who is in a book, of the library or straight from a file."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject
from rich.table import Table

from adapters.inbound.cli.arguments import JsonOption, UpToOption
from adapters.inbound.cli.console import cells, out, show_json
from adapters.inbound.cli.find_book import find_book, version_of
from adapters.inbound.cli.runtime import run
from application.ports.book_parser import BookParser
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.character_extractor import CharacterExtractor
from application.resolve_frontier import ResolveFrontier
from domain.book import Chapter
from domain.cast import Cast
from domain.cast_json import cast_to_json, scenes_to_json
from domain.errors import InvalidInput
from domain.frontier import WHOLE_BOOK
from domain.ids import LOCAL_OWNER
from domain.locator import resolve_locator
from domain.relations import RelationKind, relations_of
from domain.scenes import scenes_of

SHOWN = 25  # characters a table has room for
SHOWN_PAIRS = 8
SHOWN_IN_SCENE = 8


def cast(
    book: Annotated[
        str,
        typer.Argument(metavar="BOOK|FILE", help="A book of the library, or any file of a book."),
    ],
    as_json: JsonOption = False,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Take a text file exactly as it is: offsets are the file's."),
    ] = False,
    scenes: Annotated[
        bool, typer.Option("--scenes", help="Show who is together, chapter by chapter.")
    ] = False,
    up_to: UpToOption = None,
) -> None:
    """Show who is in a book: names, lines spoken, who talks with whom.

    With --json: characters, and every quotation with its speaker, by code-point offsets.
    """
    found, chapters = run(lambda: _cast(book, raw, up_to))
    if as_json and scenes:
        show_json(scenes_to_json(scenes_of(found, chapters)))
    elif as_json:
        show_json(cast_to_json(found))
    elif scenes:
        show_scenes(found, chapters)
    else:
        show_cast(found)


def show_cast(found: Cast) -> None:
    for warning in found.warnings:
        out.print(f"note: {warning}", markup=False)
    if not found.characters:
        out.print("No characters were found.")
        return
    table = Table("name", "also called", "lines", "mentions", "", box=None, pad_edge=False)
    for character in found.characters[:SHOWN]:
        others = [a.text for a in character.aliases if a.text != character.name]
        told = (
            character.name + (" (narrator)" if character.is_narrator else ""),
            ", ".join(others[:5]),
            str(character.quote_count),
            str(character.mention_count),
            character.gender or "",
        )
        table.add_row(*cells(*told))
    out.print(table)
    if len(found.characters) > SHOWN:
        out.print(f"… and {len(found.characters) - SHOWN} more")
    _show_conversations(found)


def _show_conversations(found: Cast) -> None:
    names = {c.id: c.name for c in found.characters}
    pairs = [r for r in relations_of(found) if r.kind is RelationKind.SPEAKS_WITH]
    if pairs:
        out.print("\n[bold]who talks with whom[/bold]")
    for pair in pairs[:SHOWN_PAIRS]:
        line = f"  {names[pair.first_id]} and {names[pair.second_id]}: {_lines(pair.weight)}"
        out.print(line, markup=False)


def show_scenes(found: Cast, chapters: Sequence[Chapter]) -> None:
    names = {c.id: c.name for c in found.characters}
    titles = {c.index: c.full_title for c in chapters}
    for chapter, scenes in groupby(scenes_of(found, chapters), key=lambda scene: scene.chapter):
        out.print(f"\n{titles[chapter]}", style="bold", markup=False)
        for scene in scenes:
            people = ", ".join(names[who] for who in scene.character_ids[:SHOWN_IN_SCENE])
            more = len(scene.character_ids) - SHOWN_IN_SCENE
            others = f" and {more} more" if more > 0 else ""
            lines = _lines(scene.quotes) if scene.quotes else "no speech"
            where = f"{scene.span.start}-{scene.span.end}"
            out.print(f"  {where}  {people}{others}: {lines}", markup=False, highlight=False)


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


@inject
async def _cast(
    wanted: str,
    raw: bool,
    up_to: str | None,
    books: BookRepository = Provide["books"],
    casts: CastRepository = Provide["casts"],
    resolve_frontier: ResolveFrontier = Provide["resolve_frontier"],
) -> tuple[Cast, tuple[Chapter, ...]]:
    path = Path(wanted)
    if path.is_file():
        return await _cast_of_file(path, raw, up_to)
    if raw:
        raise InvalidInput(f"--raw takes a text file, and there is no file {wanted}.")
    book = await find_book(books, wanted)
    frontier = await resolve_frontier.of_reader(version_of(book), LOCAL_OWNER, up_to)
    layout = await books.layout(version_of(book))
    return await casts.get(version_of(book), frontier), layout.up_to(frontier)


@inject
async def _cast_of_file(
    path: Path,
    raw: bool,
    up_to: str | None,
    parser: BookParser = Provide["parser"],
    raw_parser: BookParser = Provide["raw_parser"],
    extractor: CharacterExtractor = Provide["extractor"],
) -> tuple[Cast, tuple[Chapter, ...]]:
    parsed = await (raw_parser if raw else parser).parse(path, path.name, "")
    language = parsed.metadata.language
    found = (await extractor.extract(parsed.text, parsed.layout, language)).cast
    if up_to is None:
        return found, parsed.layout.up_to(WHOLE_BOOK)
    frontier = resolve_locator(up_to, parsed.layout)
    return found.up_to(frontier), parsed.layout.up_to(frontier)
