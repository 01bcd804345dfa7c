"""A book's cast, as a reader at a position knows it."""

import asyncio
from typing import Annotated
from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter, Query

from adapters.inbound.http.dependencies import (
    Books,
    Casts,
    CurrentUser,
    Paging,
    ResolveFrontierUse,
    Texts,
    UpTo,
    character_in,
    served_version,
)
from adapters.inbound.http.pagination import page_of
from adapters.inbound.http.schemas.characters import CharacterOut, QuoteOut, RelationOut
from adapters.inbound.http.schemas.common import Listing
from adapters.inbound.http.schemas.problem import problems
from adapters.inbound.http.schemas.sources import EpubOut, LocatorTextOut
from domain.book import BookLayout
from domain.cast import Quote
from domain.conversation import SURROUNDINGS
from domain.epub_locator import locate
from domain.frontier import Frontier
from domain.relations import relations_of
from domain.span import Span

router = APIRouter(prefix="/api/books/{book_id}", tags=["cast"], responses=problems(404, 409))

Confidence = Annotated[float, Query(ge=0, le=1, description="Leave out less certain speakers.")]


@router.get("/characters", operation_id="list_characters", summary="The cast, by prominence")
@inject
async def list_characters(
    book_id: UUID,
    user: CurrentUser,
    page: Paging,
    books: Books,
    casts: Casts,
    frontiers: ResolveFrontierUse,
    up_to: UpTo = None,
) -> Listing[CharacterOut]:
    version = await served_version(books, book_id, user)
    cast = await casts.get(version, await frontiers.of_reader(version, user, up_to))
    found = page_of(cast.characters, page)
    return Listing[CharacterOut].of(found, [CharacterOut.of(c) for c in found.items])


@router.get("/characters/{character_id}", operation_id="get_character", summary="One character")
@inject
async def get_character(
    book_id: UUID,
    character_id: UUID,
    user: CurrentUser,
    books: Books,
    casts: Casts,
    frontiers: ResolveFrontierUse,
    up_to: UpTo = None,
) -> CharacterOut:
    """One who turns out to be somebody else is given as that one, from there on."""
    version = await served_version(books, book_id, user)
    cast = await casts.get(version, await frontiers.of_reader(version, user, up_to))
    return CharacterOut.of(character_in(cast, character_id))


@router.get("/quotes", operation_id="list_quotes", summary="Direct speech, by position")
@inject
async def list_quotes(
    book_id: UUID,
    user: CurrentUser,
    page: Paging,
    books: Books,
    casts: Casts,
    texts: Texts,
    frontiers: ResolveFrontierUse,
    speaker_id: UUID | None = None,
    min_confidence: Confidence = 0.0,
    up_to: UpTo = None,
) -> Listing[QuoteOut]:
    version = await served_version(books, book_id, user)
    frontier = await frontiers.of_reader(version, user, up_to)
    cast = await casts.get(version, frontier)
    speaker = character_in(cast, speaker_id).id if speaker_id else None
    wanted = [
        quote
        for quote in cast.quotes
        if quote.confidence >= min_confidence and (speaker is None or quote.speaker_id == speaker)
    ]
    found = page_of(wanted, page)
    if not found.items:
        return Listing[QuoteOut].of(found, [])
    # One read for the page: quotes come in order, so their stretch of the text is short.
    start = max(0, found.items[0].span.start - SURROUNDINGS)
    stretch = Span(start, found.items[-1].span.end + SURROUNDINGS)
    text, layout = await asyncio.gather(
        texts.slice(version, stretch, frontier), books.layout(version)
    )
    return Listing[QuoteOut].of(
        found, [_told(quote, text, start, layout, frontier) for quote in found.items]
    )


@router.get("/relations", operation_id="list_relations", summary="Who has to do with whom")
@inject
async def list_relations(
    book_id: UUID,
    user: CurrentUser,
    page: Paging,
    books: Books,
    casts: Casts,
    frontiers: ResolveFrontierUse,
    up_to: UpTo = None,
) -> Listing[RelationOut]:
    version = await served_version(books, book_id, user)
    cast = await casts.get(version, await frontiers.of_reader(version, user, up_to))
    found = page_of(relations_of(cast), page)
    return Listing[RelationOut].of(found, [RelationOut.of(r) for r in found.items])


def _told(
    quote: Quote, text: str, text_start: int, layout: BookLayout, frontier: Frontier
) -> QuoteOut:
    start, end = quote.span.start - text_start, quote.span.end - text_start
    words = LocatorTextOut(
        before=text[max(0, start - SURROUNDINGS) : start],
        highlight=text[start:end],
        after=text[end : end + SURROUNDINGS],
    )
    place, title = locate(layout, quote.span), layout.title_at(quote.span.start, frontier)
    return QuoteOut.of_quote(
        quote, words.highlight, EpubOut.of(place, title, words) if place else None
    )
