"""Chat sessions of a reader with a character, or with a book itself."""

from typing import Annotated
from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter, Query, Response

from adapters.inbound.http.dependencies import (
    Books,
    CurrentUser,
    MoveSessionUse,
    OpenSessionUse,
    Paging,
    ResolveFrontierUse,
    Sessions,
    session_of,
)
from adapters.inbound.http.schemas.common import Listing, Locator
from adapters.inbound.http.schemas.problem import problems
from adapters.inbound.http.schemas.sessions import FrontierIn, MessageOut, SessionIn, SessionOut
from domain.ids import BookId, CharacterId, SessionId
from domain.session_steps import told_by

router = APIRouter(prefix="/api/sessions", tags=["sessions"])


@router.post(
    "",
    operation_id="open_session",
    summary="Begin to talk",
    status_code=201,
    responses=problems(400, 413, 404, 409),
)
@inject
async def open_session(
    body: SessionIn, response: Response, user: CurrentUser, opener: OpenSessionUse
) -> SessionOut:
    session = await opener.open(
        user_id=user,
        book_id=BookId(str(body.book_id)),
        character_id=CharacterId(str(body.character_id)) if body.character_id else None,
        read_up_to=body.read_up_to,
        title=body.title,
    )
    response.headers["Location"] = f"/api/sessions/{session.id}"
    return SessionOut.of(session)


@router.get(
    "",
    operation_id="list_sessions",
    summary="The reader's sessions, latest used first",
    responses=problems(),
)
@inject
async def list_sessions(
    user: CurrentUser,
    page: Paging,
    sessions: Sessions,
    book_id: Annotated[UUID | None, Query(description="Only those with this book.")] = None,
) -> Listing[SessionOut]:
    book = BookId(str(book_id)) if book_id else None
    found = await sessions.list(user, book, page)
    return Listing[SessionOut].of(found, [SessionOut.of(s) for s in found.items])


@router.get(
    "/{session_id}", operation_id="get_session", summary="One session", responses=problems(404)
)
@inject
async def get_session(session_id: UUID, user: CurrentUser, sessions: Sessions) -> SessionOut:
    return SessionOut.of(await session_of(sessions, SessionId(str(session_id)), user))


@router.put(
    "/{session_id}/frontier",
    operation_id="move_session",
    summary="Move how far the conversation may tell",
    responses=problems(400, 413, 404, 409),
)
@inject
async def move_session(
    session_id: UUID,
    body: FrontierIn,
    user: CurrentUser,
    sessions: Sessions,
    mover: MoveSessionUse,
) -> SessionOut:
    """Forward; back only with `back`, else 409 `frontier_moves_back`."""
    session = await session_of(sessions, SessionId(str(session_id)), user)
    return SessionOut.of(await mover.move(session, body.read_up_to, back=body.back))


@router.delete(
    "/{session_id}",
    operation_id="delete_session",
    summary="Delete a session",
    status_code=204,
    responses=problems(404),
)
@inject
async def delete_session(session_id: UUID, user: CurrentUser, sessions: Sessions) -> None:
    session = await session_of(sessions, SessionId(str(session_id)), user)
    await sessions.delete(session.id)


@router.get(
    "/{session_id}/messages",
    operation_id="list_messages",
    summary="What was said, oldest first",
    responses=problems(404),
)
@inject
async def list_messages(
    session_id: UUID,
    user: CurrentUser,
    page: Paging,
    sessions: Sessions,
    books: Books,
    frontiers: ResolveFrontierUse,
    up_to: Annotated[Locator | None, Query(description="Absent: as far as the session is.")] = None,
) -> Listing[MessageOut]:
    """Without turns that could tell of later pages, so a page may have fewer than `limit`."""
    session = await session_of(sessions, SessionId(str(session_id)), user)
    version = (await books.get(session.book_id)).version
    frontier = session.frontier
    if version is not None:
        frontier = await frontiers.of_session(version, session, up_to)
    found = await sessions.messages(session.id, page)
    told = told_by(found.items, frontier)
    return Listing[MessageOut].of(found, [MessageOut.of(message) for message in told])
