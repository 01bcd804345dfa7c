"""How values stand in the tables."""

import json
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any


def from_time(moment: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds: such texts sort like the moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def from_time_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else from_time(moment)


def to_time_or_none(text: str | None) -> datetime | None:
    return None if text is None else to_time(text)


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Any:
    return json.loads(text)


def new_revision() -> str:
    return token_hex(8)
