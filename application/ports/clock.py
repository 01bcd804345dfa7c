"""The time and new ids are plain callables, so that a test can fix them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import uuid4

Clock: TypeAlias = Callable[[], datetime]
NewId: TypeAlias = Callable[[], str]


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_uuid() -> str:
    return str(uuid4())
