"""How values stand in the tables."""

import re
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

T = TypeVar("T", bound=str)

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def from_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def from_time_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else from_time(moment)


def to_time(text: str) -> datetime:
    """A deployment whose column has no time zone means UTC."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def to_time_or_none(text: str | None) -> datetime | None:
    return None if text is None else to_time(text)


def is_id(text: str) -> bool:
    """Whether a column of ids can hold it: PostgreSQL would refuse any other as malformed."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def storable(text: str) -> str:
    """PostgreSQL's texts hold any character but NUL, and no half of a surrogate pair."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def storable_json(value: Any) -> Any:
    """The same for every text of a JSON value."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {key: storable_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(each) for each in value]
    return value
