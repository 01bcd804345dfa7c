"""`falsafa search`: find the passage."""

from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject
from rich.text import Text

from adapters.inbound.cli.arguments import BookArgument, JsonOption, UpToOption
from adapters.inbound.cli.console import err, out, show_json
from adapters.inbound.cli.find_book import find_book, version_of
from adapters.inbound.cli.runtime import run
from application.hybrid_search import HybridSearch, SearchRequest
from application.ports.book_repository import BookRepository
from application.resolve_frontier import ResolveFrontier
from domain.ids import LOCAL_OWNER
from domain.passage import SearchHit, SearchResult


def search(
    book: BookArgument,
    query: Annotated[str, typer.Argument(help="A question, or words to look for.")],
    up_to: UpToOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=50)] = 5,
    as_json: JsonOption = False,
) -> None:
    """Find the passages that answer a question, best first, none past the page you have read."""
    found = run(lambda: search_book(book, query, up_to, limit))
    if as_json:
        show_json(_as_json(found))
        return
    for part in found.degraded:
        err.print(f"note: {part}", markup=False)
    if not found.hits:
        out.print("Nothing was found.")
    for hit in found.hits:
        show_hit(hit)


def show_hit(hit: SearchHit) -> None:
    place = f"{hit.rank}. {hit.chapter_title}  [{hit.passage.span.start}:{hit.passage.span.end}]"
    out.print(place, style="bold", markup=False)
    text = Text(hit.passage.text)
    for span in hit.highlights:
        start = span.start - hit.passage.span.start
        text.stylize("yellow", start, start + len(span))
    out.print(text)
    out.print()


@inject
async def search_book(
    wanted: str,
    query: str,
    up_to: str | None,
    limit: int,
    books: BookRepository = Provide["books"],
    resolve_frontier: ResolveFrontier = Provide["resolve_frontier"],
    hybrid_search: HybridSearch = Provide["hybrid_search"],
) -> SearchResult:
    version = version_of(await find_book(books, wanted))
    frontier = await resolve_frontier.of_reader(version, LOCAL_OWNER, up_to)
    return await hybrid_search.search(
        SearchRequest(version=version, query=query, up_to=frontier, limit=limit)
    )


def _as_json(found: SearchResult) -> dict[str, object]:
    return {
        "hits": [
            {
                "rank": hit.rank,
                "chapter": hit.chapter_title,
                "start": hit.passage.span.start,
                "end": hit.passage.span.end,
                "text": hit.passage.text,
                "highlights": [[s.start, s.end] for s in hit.highlights],
            }
            for hit in found.hits
        ],
        "signals": list(found.signals),
        "degraded": list(found.degraded),
    }
