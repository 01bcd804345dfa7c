"""Events of a turn, and citations, as plain JSON: for logs and stores, not for the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from domain.conversation import Citation, Quotation, Source, SpeakerMark
from domain.epub_locator import EpubLocator
from domain.leak import Leak, LeakKind
from domain.passage import Passage, SearchHit
from domain.span import Span
from domain.turn import (
    Cited,
    FinishReason,
    Quoted,
    Retrieved,
    TextDelta,
    TurnDone,
    TurnEvent,
    TurnFailed,
    TurnStarted,
    Usage,
    UsageReported,
)

Json: TypeAlias = dict[str, Any]


def citation_to_json(citation: Citation) -> Json:
    return asdict(citation)


def citation_from_json(written: Mapping[str, Any]) -> Citation:
    return Citation(**_place(written))


def quotation_to_json(quotation: Quotation) -> Json:
    return asdict(quotation)


def quotation_from_json(written: Mapping[str, Any]) -> Quotation:
    source = written["source"]
    return Quotation(
        **{
            **written,
            "place": Span(**written["place"]),
            "source": source and _source(source),
            "speaker": SpeakerMark(written["speaker"]),
        }
    )


def leak_to_json(leak: Leak) -> Json:
    return asdict(leak)


def leak_from_json(written: Mapping[str, Any]) -> Leak:
    span, kind = Span(**written["span"]), LeakKind(written["kind"])
    return Leak(**{**written, "span": span, "kind": kind})


def _source(written: Mapping[str, Any]) -> Source:
    parts = tuple(Span(**part) for part in written["parts"])
    return Source(**{**_place(written), "parts": parts})


def _place(written: Mapping[str, Any]) -> Json:
    return {**written, "span": Span(**written["span"]), "epub": _epub(written)}


def _epub(written: Mapping[str, Any]) -> EpubLocator | None:
    epub = written.get("epub")  # an earlier release wrote none
    return EpubLocator(**epub) if epub else None


def event_to_json(event: TurnEvent) -> Json:
    """An object with `type`, which names the event, and its fields."""
    return {"type": _NAMES[type(event)], **asdict(event)}


def event_from_json(written: Mapping[str, Any]) -> TurnEvent:
    """The event that `event_to_json` wrote."""
    fields = dict(written)
    return _READERS[fields.pop("type")](fields)


def _retrieved(fields: Json) -> Retrieved:
    return Retrieved(
        hits=tuple(_hit(hit) for hit in fields["hits"]), degraded=tuple(fields["degraded"])
    )


def _hit(written: Json) -> SearchHit:
    passage = written["passage"]
    return SearchHit(
        rank=written["rank"],
        passage=Passage(**{**passage, "span": Span(**passage["span"])}),
        chapter_title=written["chapter_title"],
        highlights=tuple(Span(**span) for span in written["highlights"]),
        epub=_epub(written),
    )


def _done(fields: Json) -> TurnDone:
    return TurnDone(
        **{
            **fields,
            "finish_reason": FinishReason(fields["finish_reason"]),
            "citations": tuple(citation_from_json(c) for c in fields["citations"]),
            "quotations": tuple(quotation_from_json(q) for q in fields.get("quotations", ())),
            "leaks": tuple(leak_from_json(leak) for leak in fields.get("leaks", ())),
            "usage": Usage(**fields["usage"]),
            "degraded": tuple(fields["degraded"]),
        }
    )


_NAMES: Mapping[type[TurnEvent], str] = {
    TurnStarted: "turn_started",
    Retrieved: "retrieved",
    TextDelta: "text_delta",
    Cited: "cited",
    Quoted: "quoted",
    UsageReported: "usage_reported",
    TurnFailed: "turn_failed",
    TurnDone: "turn_done",
}

_READERS: Mapping[str, Callable[[Json], TurnEvent]] = {
    "turn_started": lambda fields: TurnStarted(**fields),
    "retrieved": _retrieved,
    "text_delta": lambda fields: TextDelta(**fields),
    "cited": lambda fields: Cited(citation_from_json(fields["citation"])),
    "quoted": lambda fields: Quoted(quotation_from_json(fields["quotation"])),
    "usage_reported": lambda fields: UsageReported(Usage(**fields["usage"])),
    "turn_failed": lambda fields: TurnFailed(**fields),
    "turn_done": _done,
}
