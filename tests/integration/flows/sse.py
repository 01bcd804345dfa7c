"""Server-Sent Events of a whole answer."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    data: dict[str, Any]
    id: str | None = None


def events_of(answer: str) -> list[Event]:
    frames = (frame for frame in answer.split("\n\n") if frame)
    return [_event(frame) for frame in frames if not frame.startswith(":")]


def _event(frame: str) -> Event:
    fields = dict(line.split(": ", 1) for line in frame.split("\n"))
    return Event(fields["event"], json.loads(fields["data"]), fields.get("id"))
