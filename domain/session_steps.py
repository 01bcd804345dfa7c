"""What a message makes of its session, and which messages a model is shown again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from domain.conversation import Message, MessageState, Role, Session
from domain.frontier import Frontier
from domain.ids import TurnId

PREVIEW = 120  # code points


def with_message(session: Session, message: Message) -> Session:
    """The session with one more message. Of its last message it tells the latest by time."""
    counted = replace(session, message_count=session.message_count + 1)
    if session.last_message_at and message.created_at < session.last_message_at:
        return counted
    return replace(
        counted,
        last_message_at=message.created_at,
        last_message_preview=preview(message.content),
        updated_at=max(session.updated_at, message.created_at),
    )


def with_frontier(session: Session, frontier: Frontier, title: str | None) -> Session:
    """The session moved, under another title if one is given; the preview of its last message may
    tell of pages that lie ahead again."""
    shown = "" if frontier < session.frontier else session.last_message_preview
    return replace(
        session,
        frontier=frontier,
        title=session.title if title is None else title,
        last_message_preview=shown,
    )


def preview(content: str) -> str:
    """The beginning of a message, on one line."""
    line = " ".join(content[: 4 * PREVIEW].split())
    return line if len(line) <= PREVIEW else line[: PREVIEW - 1].rstrip() + "…"


def in_order(messages: Sequence[Message]) -> list[Message]:
    """By time, a question before its answer."""
    return sorted(messages, key=lambda m: (m.created_at, m.role is not Role.USER, m.id))


def history_of(messages: Sequence[Message], limit: int) -> list[Message]:
    """The last `limit` messages of turns that gave a text and whose question is settled."""
    turns: defaultdict[TurnId, list[Message]] = defaultdict(list)
    for message in messages:
        turns[message.turn_id].append(message)
    fit = {turn_id for turn_id, turn in turns.items() if _is_whole(turn)}
    kept = [m for m in in_order(messages) if m.turn_id in fit]
    return kept[-limit:] if limit else []


def told_by(messages: Sequence[Message], frontier: Frontier) -> list[Message]:
    """Without the turns that could tell of pages past the frontier."""
    ahead = {m.turn_id for m in messages if not m.is_told_by(frontier)}
    return [m for m in messages if m.turn_id not in ahead]


def _is_whole(turn: Sequence[Message]) -> bool:
    answered = any(m.role is Role.ASSISTANT and m.content.strip() for m in turn)
    settled = all(m.state in (MessageState.COMPLETE, MessageState.PARTIAL) for m in turn)
    return answered and settled
