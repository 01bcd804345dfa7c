"""A quotation as people name one: by some of its words."""

from application.ports.text_store import TextStore
from application.text_up_to import text_up_to
from domain.book import ContentVersion
from domain.cast import Cast, Quote
from domain.errors import QuoteNotFound
from domain.frontier import WHOLE_BOOK
from domain.typography import find_words, fold

SHOWN = 6  # of those that fit


async def find_quote(
    texts: TextStore, version: ContentVersion, cast: Cast, words: str, at: int | None
) -> Quote:
    """The one that has the words, up to typography, or alone is nothing but them; `at`: an offset
    in it. Raises QuoteNotFound, also where several fit."""
    text = await text_up_to(texts, version, WHOLE_BOOK)
    fits = [q for q in cast.quotes if find_words(words, fold(q.span.of(text)))]
    if at is not None:
        fits = [q for q in fits if q.span.start <= at < q.span.end]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        raise QuoteNotFound(f"Nobody says “{words}” there. Give the words as they stand.")
    places = "; ".join(f"{q.span.start}: “{_shortened(q.span.of(text))}”" for q in fits[:SHOWN])
    more = f" and {len(fits) - SHOWN} more" if len(fits) > SHOWN else ""
    raise QuoteNotFound(f"{len(fits)} lines have these words. Say which with --at: {places}{more}.")


def _shortened(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= 50 else f"{line[:49]}…"
