"""A turn's events on the wire: the native encoding, and the documented one."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, cast

from adapters.inbound.http.problems import status_of_code
from adapters.inbound.http.schemas.search import HitOut
from adapters.inbound.http.schemas.sessions import CitationOut, LeakOut, QuotationOut
from adapters.inbound.http.sse import frame
from domain.conversation import Citation, Quotation
from domain.errors import SessionBusy
from domain.turn import (
    Cited,
    LoggedEvent,
    Quoted,
    Retrieved,
    TextDelta,
    TurnDone,
    TurnEvent,
    TurnFailed,
    TurnStarted,
    UsageReported,
)


async def native_frames(events: AsyncIterator[LoggedEvent]) -> AsyncGenerator[bytes, None]:
    """Every event of the turn, with its id: `turn_start`, `retrieval`, `text_delta`, `citation`,
    `quotation`, `usage`, `error`, `done`."""
    async with _closing(events):
        async for logged in events:
            name, data = _native(logged.event)
            yield frame(name, data, logged.number)


async def documented_frames(events: AsyncIterator[LoggedEvent]) -> AsyncGenerator[bytes, None]:
    """What frontends in production know: `token`, `error`, `done`, without ids."""
    async with _closing(events):
        async for logged in events:
            event = logged.event
            if isinstance(event, TextDelta):
                yield frame("token", {"token": event.text})
            elif isinstance(event, TurnFailed):
                yield frame("error", _failure(event))
            elif isinstance(event, TurnDone):
                yield frame("done", {"done": True, **_done(event)})


async def documented_busy(error: SessionBusy) -> AsyncGenerator[bytes, None]:
    """A busy session, told inside the stream: there these frontends expect it."""
    failed = TurnFailed(error.code, error.message, error.retry_after)
    yield frame("error", _failure(failed))
    yield frame("done", {"done": True, "finish_reason": "error"})


def _closing(events: AsyncIterator[LoggedEvent]) -> aclosing[AsyncGenerator[LoggedEvent, None]]:
    # A port promises an iterator; every one that reads a log is a generator that holds something.
    return aclosing(cast(AsyncGenerator[LoggedEvent, None], events))


def _native(event: TurnEvent) -> tuple[str, dict[str, Any]]:
    match event:
        case TurnStarted():
            return "turn_start", asdict(event)
        case Retrieved():
            hits = [HitOut.of_hit(hit).model_dump() for hit in event.hits]
            return "retrieval", {"hits": hits, "degraded": list(event.degraded)}
        case TextDelta():
            return "text_delta", {"text": event.text}
        case Cited():
            return "citation", _citation(event.citation)
        case Quoted():
            return "quotation", _quotation(event.quotation)
        case UsageReported():
            return "usage", asdict(event.usage)
        case TurnFailed():
            return "error", _failure(event)
        case TurnDone():
            return "done", _done(event)


def _failure(event: TurnFailed) -> dict[str, Any]:
    failure = {
        "error": event.message,
        "code": event.code,
        "status": status_of_code(event.code),
    }
    return failure if event.retry_after is None else failure | {"retry_after": event.retry_after}


def _done(event: TurnDone) -> dict[str, Any]:
    return {
        "turn_id": event.turn_id,
        "finish_reason": event.finish_reason.value,
        "user_message_id": event.user_message_id,
        "assistant_message_id": event.assistant_message_id,
        "citations": [_citation(citation) for citation in event.citations],
        "quotations": [_quotation(quotation) for quotation in event.quotations],
        "leaks": [LeakOut.of_leak(leak).model_dump(mode="json") for leak in event.leaks],
        "usage": asdict(event.usage),
        "model": event.model,
        "degraded": list(event.degraded),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return CitationOut.of_citation(citation).model_dump()


def _quotation(quotation: Quotation) -> dict[str, Any]:
    return QuotationOut.of_quotation(quotation).model_dump(mode="json")
