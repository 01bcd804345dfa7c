"""POST /character/chat: a documented route."""

from functools import partial

from dependency_injector.wiring import inject
from fastapi import APIRouter

from adapters.inbound.http.dependencies import Turns
from adapters.inbound.http.event_stream import EventStream
from adapters.inbound.http.routers.documented import DocumentedRoute
from adapters.inbound.http.schemas.documented import ChatIn
from adapters.inbound.http.schemas.problem import event_stream, problems
from adapters.inbound.http.turn_events import documented_busy, documented_frames
from application.chat_turn import TurnRequest
from application.ports.clock import new_uuid
from domain.errors import SessionBusy
from domain.ids import BookId, CharacterId, OwnerId, SessionId, TurnId

router = APIRouter(tags=["documented"], route_class=DocumentedRoute)

_EXAMPLE = """\
event: token
data: {"token": "Facts "}

event: token
data: {"token": "alone are wanted in life."}

event: done
data: {"done": true, "user_message_id": "...", "assistant_message_id": "...", "citations": [], \
"quotations": [], "leaks": []}

"""


@router.post(
    "/character/chat",
    operation_id="chat",
    summary="Talk with a character",
    status_code=200,
    response_class=EventStream,
    responses=problems(400, 413, 404)
    | event_stream("`token` events, perhaps an `error`, then always `done`.", _EXAMPLE),
)
@inject
async def chat(body: ChatIn, turns: Turns) -> EventStream:
    """A client that leaves stops the turn; what had come of the reply is kept. A session whose
    last turn still runs is an `error` event with status 429."""
    request = TurnRequest(
        session_id=SessionId(str(body.session_id)),
        user_id=OwnerId(str(body.user_id)),
        message=body.user_message,
        turn_id=TurnId(new_uuid()),
        preferences=body.preferences or "",
        read_up_to=body.read_up_to,
        character_id=CharacterId(str(body.character_id)),
        book_id=BookId(str(body.book_id)),
    )
    try:
        turn_id = await turns.start(request)
    except SessionBusy as error:
        return EventStream(documented_busy(error), pings=False)
    return EventStream(
        documented_frames(turns.events(turn_id)),
        pings=False,  # these clients' own parsers know three kinds of line, no comment
        on_leave=partial(turns.stop, turn_id),
    )
