"""`falsafa demo`: the whole main job on one book, from the file to a conversation."""

from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.add import add_book
from adapters.inbound.cli.cast import show_cast
from adapters.inbound.cli.console import out
from adapters.inbound.cli.runtime import run
from adapters.inbound.cli.search import search_book, show_hit
from adapters.inbound.cli.talk import open_session, say_once
from application.ports.cast_repository import CastRepository
from application.ports.local_models import LocalModels
from application.resolve_frontier import ResolveFrontier
from domain.book import Book
from domain.cast import Cast, Character
from domain.ids import LOCAL_OWNER
from domain.relations import RelationKind, relations_of


def demo(
    book: Annotated[str, typer.Argument(metavar="FILE", help="The book to show it on.")],
) -> None:
    """Show everything on one book: take it in, print the cast, search, talk with its hero."""
    run(lambda: _demo(book))


@inject
async def _demo(
    source: str,
    casts: CastRepository = Provide["casts"],
    resolve_frontier: ResolveFrontier = Provide["resolve_frontier"],
) -> None:
    _heading(f"1. Taking in {source}")
    book = await add_book(source)
    out.print(f"{book.title} — {book.author}: {book.total_passages} passages", markup=False)
    assert book.version is not None  # add_book returns whole books only
    frontier = await resolve_frontier.of_reader(book.version, LOCAL_OWNER)
    cast = await casts.get(book.version, frontier)
    _heading("2. The cast")
    show_cast(cast)
    hero, other = _main_pair(cast)
    await _search(book, hero, other)
    await _talk(book, hero, other)
    await _say_how_to_go_on(book, hero)


def _main_pair(cast: Cast) -> tuple[Character | None, Character | None]:
    """Who speaks most, and whom they speak with most."""
    hero = cast.characters[0] if cast.characters else None
    if hero is None:
        return None, None
    for relation in relations_of(cast):
        pair = {relation.first_id, relation.second_id}
        if relation.kind is RelationKind.SPEAKS_WITH and hero.id in pair:
            (partner,) = pair - {hero.id}
            return hero, cast.character(partner)
    return hero, None


async def _search(book: Book, hero: Character | None, other: Character | None) -> None:
    names = [c.name for c in (hero, other) if c]
    query = f"What happens between {' and '.join(names)}?" if names else book.title
    _heading(f"3. Searching: {query}")
    found = await search_book(book.id, query, None, 2)
    for hit in found.hits:
        show_hit(hit)


async def _talk(book: Book, hero: Character | None, other: Character | None) -> None:
    session, name = await open_session(book.id, hero.name if hero else None, None)
    question = f"What do you think of {other.name}?" if other else "What is this about?"
    _heading(f"4. Talking with {name}: {question}")
    await say_once(session, question)


@inject
async def _say_how_to_go_on(
    book: Book, hero: Character | None, local_models: LocalModels = Provide["local_models"]
) -> None:
    _heading("How to go on")
    with_hero = f' --with "{hero.name}"' if hero else ""
    line = f'.venv/bin/falsafa talk "{book.title}"{with_hero}'
    out.print(f"  talk yourself:      {line}", markup=False)
    out.print("  your own book:      make demo BOOK=path/to/book.epub")
    out.print("  serve the API:      .venv/bin/falsafa serve   (http://127.0.0.1:8001/docs)")
    models = await local_models.installed()
    if models:
        command = f"LLM_PROVIDER=ollama LLM_MODEL={models[0]} {line}"
        out.print(f"  with a real model:  {command}", markup=False)
    else:
        out.print("  with a real model:  start Ollama, then run this demo again")


def _heading(words: str) -> None:
    out.print(f"\n── {words}", style="bold cyan", markup=False)
