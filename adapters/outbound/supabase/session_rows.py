"""Sessions and messages as rows."""

from adapters.outbound.supabase.client import Row
from adapters.outbound.supabase.values import (
    from_time,
    from_time_or_none,
    storable,
    storable_json,
    to_time,
    to_time_or_none,
)
from domain.conversation import Message, MessageState, Role, Session
from domain.frontier import Frontier
from domain.turn_json import (
    citation_from_json,
    citation_to_json,
    leak_from_json,
    leak_to_json,
    quotation_from_json,
    quotation_to_json,
)


def session_row(session: Session) -> Row:
    return {
        "id": session.id,
        "user_id": session.user_id,
        "book_id": session.book_id,
        "character_id": session.character_id,
        "title": storable(session.title),
        "frontier": session.frontier.offset,
        "message_count": session.message_count,
        "last_message_at": from_time_or_none(session.last_message_at),
        "last_message_preview": storable(session.last_message_preview),
        "created_at": from_time(session.created_at),
        "updated_at": from_time(session.updated_at),
    }


def session_of(row: Row) -> Session:
    return Session(
        id=row["id"],
        user_id=row["user_id"],
        book_id=row["book_id"],
        created_at=to_time(row["created_at"]),
        updated_at=to_time(row["updated_at"]),
        character_id=row["character_id"],
        title=row["title"],
        frontier=Frontier(row["frontier"]),
        message_count=row["message_count"],
        last_message_at=to_time_or_none(row["last_message_at"]),
        last_message_preview=row["last_message_preview"],
    )


def message_row(message: Message) -> Row:
    return {
        "id": message.id,
        "session_id": message.session_id,
        "role": message.role,
        "content": storable(message.content),
        "metadata": storable_json(
            {
                "turn_id": message.turn_id,
                "state": message.state,
                "citations": [citation_to_json(citation) for citation in message.citations],
                "quotations": [quotation_to_json(quotation) for quotation in message.quotations],
                "leaks": [leak_to_json(leak) for leak in message.leaks],
                "degraded": message.degraded,
                "through": None if message.through is None else message.through.offset,
            }
        ),
        "created_at": from_time(message.created_at),
    }


def message_of(row: Row) -> Message:
    """A frontend's own message has none of our metadata: it is what was said, and no more."""
    metadata: Row = row["metadata"] if "turn_id" in row["metadata"] else {}
    return Message(
        id=row["id"],
        session_id=row["session_id"],
        turn_id=row["turn_id"],
        role=Role(row["role"]),
        content=row["content"],
        # The row's own time is another where two messages had the same.
        created_at=to_time(metadata.get("created_at") or row["created_at"]),
        state=MessageState(row["state"]),
        citations=tuple(map(citation_from_json, metadata.get("citations", ()))),
        quotations=tuple(map(quotation_from_json, metadata.get("quotations", ()))),
        leaks=tuple(map(leak_from_json, metadata.get("leaks", ()))),
        degraded=tuple(metadata.get("degraded", ())),
        through=_frontier(metadata.get("through")),
    )


def _frontier(offset: int | None) -> Frontier | None:
    return None if offset is None else Frontier(offset)
