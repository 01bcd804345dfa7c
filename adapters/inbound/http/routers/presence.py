"""Where a book's people are, as far as a reader has read."""

from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter

from adapters.inbound.http.dependencies import (
    Books,
    Casts,
    CurrentUser,
    Paging,
    ResolveFrontierUse,
    UpTo,
    character_in,
    served_version,
)
from adapters.inbound.http.pagination import page_of
from adapters.inbound.http.schemas.common import Listing
from adapters.inbound.http.schemas.presence import ChapterPresenceOut, SceneOut
from adapters.inbound.http.schemas.problem import problems
from domain.presence import presence_by_character
from domain.scenes import scenes_of

router = APIRouter(prefix="/api/books/{book_id}", tags=["cast"], responses=problems(404, 409))


@router.get(
    "/characters/{character_id}/presence",
    operation_id="get_character_presence",
    summary="The chapters a character is in",
)
@inject
async def get_character_presence(
    book_id: UUID,
    character_id: UUID,
    user: CurrentUser,
    books: Books,
    casts: Casts,
    frontiers: ResolveFrontierUse,
    up_to: UpTo = None,
) -> list[ChapterPresenceOut]:
    version = await served_version(books, book_id, user)
    frontier = await frontiers.of_reader(version, user, up_to)
    cast = await casts.get(version, frontier)
    character = character_in(cast, character_id)
    chapters = {c.index: c for c in (await books.layout(version)).up_to(frontier)}
    present = presence_by_character(cast, tuple(chapters.values()))[character.id]
    return [ChapterPresenceOut.of(p, chapters[p.chapter]) for p in present]


@router.get("/scenes", operation_id="list_scenes", summary="Who is together where, by position")
@inject
async def list_scenes(
    book_id: UUID,
    user: CurrentUser,
    page: Paging,
    books: Books,
    casts: Casts,
    frontiers: ResolveFrontierUse,
    character_id: UUID | None = None,
    up_to: UpTo = None,
) -> Listing[SceneOut]:
    version = await served_version(books, book_id, user)
    frontier = await frontiers.of_reader(version, user, up_to)
    cast = await casts.get(version, frontier)
    scenes = scenes_of(cast, (await books.layout(version)).up_to(frontier))
    if character_id is not None:
        character = character_in(cast, character_id)
        scenes = tuple(s for s in scenes if character.id in s.character_ids)
    found = page_of(scenes, page)
    return Listing[SceneOut].of(found, [SceneOut.of_scene(s) for s in found.items])
