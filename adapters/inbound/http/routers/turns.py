"""Turns: send a message, read or resume the stream of the answer, stop it.

A turn does not depend on who reads it: a reader who leaves can come back for the rest.
"""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, cast
from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter, Header

from adapters.inbound.http.dependencies import (
    CurrentUser,
    Idempotency,
    IdempotencyKey,
    Sessions,
    Turns,
    session_of,
)
from adapters.inbound.http.event_stream import EventStream
from adapters.inbound.http.schemas.problem import event_stream, problems
from adapters.inbound.http.schemas.sessions import MessageIn
from adapters.inbound.http.turn_events import native_frames
from application.chat_turn import TurnRequest
from application.ports.clock import new_uuid
from application.ports.idempotency_store import IdempotencyStore
from application.ports.session_repository import SessionRepository
from application.turn_runner import TurnRunner
from domain.conversation import Session
from domain.errors import Conflict, SessionNotFound, TurnAhead, TurnNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import OwnerId, SessionId, TurnId
from domain.turn import LoggedEvent, TurnStarted

router = APIRouter(prefix="/api", tags=["turns"])

_STREAM = (
    "`turn_start`, `retrieval`, `text_delta`..., `citation`..., `quotation`..., `usage`, perhaps "
    "an `error` (`error`, `code`, `status`), then always `done`, whose `finish_reason` is `stop`, "
    "`length`, `cancelled` or `error`. `read_up_to` null: the whole book may be told. A silent "
    "stream has a comment every 15 s."
)

EXAMPLE = """\
id: 1
event: turn_start
data: {"turn_id": "...", "session_id": "...", "user_message_id": "...", "read_up_to": 48210}

id: 2
event: retrieval
data: {"hits": [{"rank": 1, "start": 388, "end": 1312, "text": "“Now, what I want is, Facts...", \
"passage_index": 0, "chapter_index": 0, "chapter_title": "The One Thing Needful", \
"highlights": [{"start": 404, "end": 409}], "epub": null}], "degraded": []}

id: 3
event: text_delta
data: {"text": "I said it: “Facts alone are wanted in life” [1]. Stephen knows."}

id: 7
event: citation
data: {"number": 1, "start": 391, "end": 421, "exact": "Facts alone are wanted in life", "prefix": \
"...", "suffix": "...", "chapter_index": 0, "chapter_title": "The One Thing Needful", "epub": null}

id: 8
event: quotation
data: {"text": "Facts alone are wanted in life", "start": 12, "end": 42, "verified": true, \
"source": {"start": 391, "end": 421, "exact": "Facts alone are wanted in life", "prefix": "...", \
"suffix": "...", "chapter_index": 0, "chapter_title": "The One Thing Needful", "epub": null}, \
"parts": [], "speaker": "agrees", "named": "I", "speaker_name": "Mr. Gradgrind"}

id: 9
event: usage
data: {"prompt_tokens": 1420, "completion_tokens": 18}

id: 10
event: done
data: {"turn_id": "...", "finish_reason": "stop", "user_message_id": "...", \
"assistant_message_id": "...", "citations": [], "quotations": [], \
"leaks": [{"kind": "name", "start": 50, "end": 57, "exact": "Stephen", "held": false}], \
"usage": {"prompt_tokens": 1420, "completion_tokens": 18}, "model": "ollama/llama3.2", \
"degraded": []}

"""


@router.post(
    "/sessions/{session_id}/messages",
    operation_id="send_message",
    summary="Send a message and stream the answer",
    status_code=200,
    response_class=EventStream,
    responses=problems(400, 413, 404, 409, 429) | event_stream(_STREAM, EXAMPLE),
)
@inject
async def send_message(
    session_id: UUID,
    body: MessageIn,
    user: CurrentUser,
    turns: Turns,
    sessions: Sessions,
    idempotency: Idempotency,
    idempotency_key: IdempotencyKey = None,
) -> EventStream:
    """The same request with the same `Idempotency-Key` streams the same turn again, or is a 409
    `turn_ahead` where that could see further than the session, which has gone back since."""
    request = TurnRequest(
        session_id=SessionId(str(session_id)),
        user_id=user,
        message=body.message,
        turn_id=TurnId(new_uuid()),
        preferences=body.preferences,
        read_up_to=body.read_up_to,
    )
    if idempotency_key is None:
        turn_id = await turns.start(request)
    else:
        turn_id = await _start_once(turns, sessions, request, idempotency, idempotency_key)
    return EventStream(native_frames(turns.events(turn_id)))


@router.get(
    "/turns/{turn_id}/events",
    operation_id="resume_turn",
    summary="The stream of a turn, from any place",
    status_code=200,
    response_class=EventStream,
    responses=problems(404) | event_stream(_STREAM, EXAMPLE),
)
@inject
async def resume_turn(
    turn_id: UUID,
    user: CurrentUser,
    turns: Turns,
    sessions: Sessions,
    last_event_id: Annotated[
        int, Header(ge=0, le=10**9, description="Events up to this one are left out.")
    ] = 0,
) -> EventStream:
    turn = await _turn_of(turns, sessions, turn_id, user)
    return EventStream(native_frames(turns.events(turn, last_event_id)))


@router.post(
    "/turns/{turn_id}/stop",
    operation_id="stop_turn",
    summary="Stop a turn",
    status_code=204,
    responses=problems(404),
)
@inject
async def stop_turn(turn_id: UUID, user: CurrentUser, turns: Turns, sessions: Sessions) -> None:
    """Answers when the turn has ended; what had come of the reply is kept."""
    await turns.stop(await _turn_of(turns, sessions, turn_id, user))


async def _start_once(
    turns: TurnRunner,
    sessions: SessionRepository,
    request: TurnRequest,
    idempotency: IdempotencyStore,
    key: str,
) -> TurnId:
    turn_id = TurnId(
        await idempotency.remember(request.user_id, key, _fingerprint(request), request.turn_id)
    )
    if turn_id != request.turn_id:
        return await _repeated(turns, sessions, turn_id, request.user_id)
    try:
        return await turns.start(request)
    except Exception:
        await idempotency.forget(request.user_id, key)
        raise


async def _repeated(
    turns: TurnRunner, sessions: SessionRepository, turn_id: TurnId, user: OwnerId
) -> TurnId:
    try:
        started = await _beginning(turns, turn_id)
    except TurnNotFound as error:
        raise Conflict(
            "This request was taken before, and its stream is not there: not yet, or no longer. "
            "Read the session's messages.",
            retry_after=1,
        ) from error
    if _is_ahead(started, await session_of(sessions, started.session_id, user)):
        raise TurnAhead(
            "This request was answered when the conversation had come further, and the answer is "
            "not shown any more. Send it with a new Idempotency-Key to have it answered from here."
        )
    return turn_id


def _fingerprint(request: TurnRequest) -> str:
    parts = (request.session_id, request.message, request.preferences, request.read_up_to or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


async def _turn_of(
    turns: TurnRunner, sessions: SessionRepository, turn_id: UUID, user: OwnerId
) -> TurnId:
    """Raises TurnNotFound, for a turn in somebody else's session too, and for one that could see
    further than its session, which has gone back since."""
    turn = TurnId(str(turn_id))
    started = await _beginning(turns, turn)
    try:
        session = await session_of(sessions, started.session_id, user)
    except SessionNotFound as error:
        raise TurnNotFound("There is no such turn.") from error
    if _is_ahead(started, session):
        raise TurnNotFound("There is no such turn.")
    return turn


def _is_ahead(started: TurnStarted, session: Session) -> bool:
    """Whether the turn could see further than its session stands now."""
    told = WHOLE_BOOK if started.read_up_to is None else Frontier(started.read_up_to)
    return told > session.frontier


async def _beginning(turns: TurnRunner, turn_id: TurnId) -> TurnStarted:
    events = cast(AsyncGenerator[LoggedEvent, None], turns.events(turn_id))
    async with aclosing(events):
        async for logged in events:
            if isinstance(logged.event, TurnStarted):
                return logged.event
    raise TurnNotFound("There is no such turn.")
