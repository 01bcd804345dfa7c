"""Passages of a book that answer a question."""

from typing import Annotated
from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter, Query

from adapters.inbound.http.dependencies import (
    Books,
    CurrentUser,
    HybridSearchUse,
    ResolveFrontierUse,
    UpTo,
    served_version,
)
from adapters.inbound.http.schemas.common import FilledText
from adapters.inbound.http.schemas.problem import problems
from adapters.inbound.http.schemas.search import SearchOut
from application.hybrid_search import SearchRequest

router = APIRouter(prefix="/api/books/{book_id}", tags=["search"])


@router.get(
    "/search",
    operation_id="search_book",
    summary="Search a book by meaning and by words",
    responses=problems(404, 409),
)
@inject
async def search_book(
    book_id: UUID,
    user: CurrentUser,
    books: Books,
    search: HybridSearchUse,
    frontiers: ResolveFrontierUse,
    q: Annotated[FilledText, Query(max_length=2_000, examples=["who keeps house for Bounderby?"])],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    up_to: UpTo = None,
) -> SearchOut:
    """`q` is plain words, never a query language. Ranks are told, scores are not: in a score
    stand the statistics of the unread part too."""
    version = await served_version(books, book_id, user)
    frontier = await frontiers.of_reader(version, user, up_to)
    return SearchOut.of(await search.search(SearchRequest(version, q, frontier, limit)))
