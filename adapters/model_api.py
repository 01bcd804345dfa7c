"""What the HTTP answers of model vendors mean to us: one table for all adapters that call one."""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from application.ports.health import Health
from domain.errors import (
    FalsafaError,
    ModelFailed,
    ModelNotServed,
    ModelRateLimited,
    ModelTimedOut,
    ModelUnavailable,
)

LONGEST_WAIT = 86_400.0  # seconds; a server that names a longer one has a wrong clock

_BAD_KEY = (401, 403, 498)
_TOO_SLOW = (408, 504)
NO_CREDIT = 402  # also what some vendors mean by a 400 or a 429 that no waiting mends


def error_of_status(
    status: int, headers: Mapping[str, str], *, vendor: str, key: str, said: str = ""
) -> FalsafaError:
    """The error that an answer with a status outside 2xx stands for.

    `key` is the variable that holds the vendor's key; `said` our own words on what a request that
    was refused may suffer from. The vendor's words are left out: they may repeat a reader's.
    """
    if status in _BAD_KEY:
        return ModelNotServed(f"{vendor} refused the key. Mend the line: {key}=<your key>")
    if status == NO_CREDIT:
        return ModelNotServed(f"{vendor} asks for payment: the account behind {key} has no credit.")
    if status == 429:
        return ModelRateLimited(
            f"{vendor} has too many requests from this key; try again in a moment.",
            retry_after=retry_after(headers),
        )
    if status in _TOO_SLOW:
        return ModelTimedOut(f"{vendor} did not answer in time; try again.")
    if status >= 500:
        return ModelUnavailable(
            f"{vendor} failed (HTTP {status}); try again.", retry_after=retry_after(headers)
        )
    return ModelFailed(f"{vendor} could not answer this request (HTTP {status}). {said}".rstrip())


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks for, given as seconds, milliseconds or a date (RFC 9110,
    10.2.3); None if it does not say, or not so that it can be read."""
    named = {name.lower(): value for name, value in headers.items()}
    milliseconds = _number(named.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    told = named.get("retry-after", "")
    seconds = _number(told)
    return _until(told) if seconds is None else seconds


async def health_of(name: str, what: str, ask: Callable[[], Awaitable[object]]) -> Health:
    """How a model is, told by asking it for little. `what` it is: vendor, model."""
    begun = time.perf_counter()
    try:
        await ask()
    except FalsafaError as error:
        return Health(name, ok=False, detail=error.message)
    return Health(name, ok=True, detail=what, latency_ms=(time.perf_counter() - begun) * 1000)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= LONGEST_WAIT else None


def _until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if seconds <= LONGEST_WAIT else None
