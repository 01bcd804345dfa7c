"""A book's cast, as a reader at a position knows it."""

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
from application.ports.text_store import TextStore
from domain.book import ContentVersion
from domain.cast import Quote
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
    return Listing[QuoteOut].of(found, await _with_texts(texts, version, frontier, found.items))


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


async def _with_texts(
    texts: TextStore, version: ContentVersion, frontier: Frontier, quotes: tuple[Quote, ...]
) -> list[QuoteOut]:
    """One read for the page: quotes come in order, so their stretch of the text is short."""
    if not quotes:
        return []
    start = quotes[0].span.start
    stretch = await texts.slice(version, Span(start, quotes[-1].span.end), frontier)
    return [
        QuoteOut.of_quote(q, stretch[q.span.start - start : q.span.end - start]) for q in quotes
    ]
