"""Server-Sent Events as bytes (WHATWG HTML, section 9.2): LF line ends, a space after the colon."""

import json
from collections.abc import Mapping

PING = b": ping\n\n"


def frame(event: str, data: Mapping[str, object], event_id: int | None = None) -> bytes:
    """One event. JSON escapes every line end, so the data is always one line; a lone surrogate,
    which UTF-8 cannot carry, becomes a question mark."""
    identity = "" if event_id is None else f"id: {event_id}\n"
    body = json.dumps(data, ensure_ascii=False)
    return f"{identity}event: {event}\ndata: {body}\n\n".encode(errors="replace")
