"""The errors of PostgREST, PostgreSQL and the network, told as Falsafa's.

Codes: https://docs.postgrest.org/en/v12/references/errors.html and
https://www.postgresql.org/docs/current/errcodes-appendix.html. Those that begin with FAL are
raised by the functions of our own migrations; their messages are ours as well.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from supabase import PostgrestAPIError

from domain.errors import (
    BookNotFound,
    Conflict,
    FalsafaError,
    IdempotencyConflict,
    InvalidInput,
    Misconfigured,
    SessionNotFound,
    StaleWrite,
    StoreUnavailable,
)

_RETRY_AFTER = 1.0  # seconds, where the server does not say
_AT_ONCE = 0.1

_OURS: Mapping[str, type[FalsafaError]] = {
    "FAL01": BookNotFound,
    "FAL02": SessionNotFound,
    "FAL03": StaleWrite,
    "FAL04": IdempotencyConflict,
}

_AWAY = "The database cannot be reached. Try again in a moment."
_BUSY = "The database is busy. Try again in a moment."
_MIGRATE = (
    "The database lacks a table or function of Falsafa's. Apply supabase/migrations to it, with"
    " `supabase db push` or psql."
)
_KEY = "The database refuses the key. Set SUPABASE_SERVICE_ROLE_KEY to the service role's key."

# By code, or by the class that its first two characters name.
_AWAY_OR_BUSY = {
    "PGRST000": _AWAY,  # PostgREST has no connection to PostgreSQL
    "PGRST001": _AWAY,
    "PGRST002": _AWAY,  # it has not read the schema yet
    "PGRST003": _BUSY,  # no connection of its pool became free
    "08": _AWAY,  # connection exception
    "40": _BUSY,  # deadlock, serialization failure
    "53": _BUSY,  # insufficient resources
    "55": _BUSY,  # lock not available
    "57": _BUSY,  # cancelled by a time limit, or shutting down
}
_MISCONFIGURED = {
    "PGRST202": _MIGRATE,  # no such function
    "PGRST204": _MIGRATE,  # no such column
    "PGRST205": _MIGRATE,  # no such table
    "42P01": _MIGRATE,
    "42703": _MIGRATE,
    "42883": _MIGRATE,
    "PGRST300": _KEY,
    "PGRST301": _KEY,
    "PGRST302": _KEY,
    "PGRST303": _KEY,
    "22023": _KEY,  # it names a role that is not there
    "42501": _KEY,  # insufficient privilege: another role's key
    "401": _KEY,  # a gateway before PostgREST
    "403": _KEY,
}
_REFUSED = {
    "23502": "A table of the database wants a value that Falsafa has none for",
    "23503": "The database knows no such user, book or character",
}


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except PostgrestAPIError as error:
        raise _of_api(error) from error
    except httpx.HTTPStatusError as error:
        raise StoreUnavailable(_BUSY, retry_after=asked_to_wait(error.response)) from error
    except (httpx.ReadError, httpx.RemoteProtocolError) as error:
        # Most often a connection that was kept open too long: a new one will do.
        raise StoreUnavailable(_AWAY, retry_after=_AT_ONCE) from error
    except httpx.TransportError as error:
        raise StoreUnavailable(_AWAY, retry_after=_RETRY_AFTER) from error


async def raise_for_overload(response: httpx.Response) -> None:
    """An httpx response hook: these come from gateways too, whose bodies hold no code."""
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.status_code > 501:
        await response.aread()  # the client for Storage reads what it says
        response.raise_for_status()


def _of_api(error: PostgrestAPIError) -> FalsafaError:
    code = str(error.code or "")
    if ours := _OURS.get(code):
        return ours(error.message or "The database refused the write.")
    if sentence := _AWAY_OR_BUSY.get(code) or _AWAY_OR_BUSY.get(code[:2]):
        return StoreUnavailable(sentence, retry_after=_RETRY_AFTER)
    if sentence := _MISCONFIGURED.get(code):
        return Misconfigured(sentence)
    if code.startswith("22"):  # a text that is no id, no time, no number
        return InvalidInput(f"The database cannot take a value of the request (code {code}).")
    if code.startswith("23"):  # a key, a reference or a check of the tables
        return Conflict(f"{_REFUSED.get(code, 'The database refused a row')} (code {code}).")
    return FalsafaError(f"The database refused a request (code {code}).")


def asked_to_wait(response: httpx.Response) -> float:
    """Seconds, of the header Retry-After: a number or a date (RFC 9110, 10.2.3)."""
    asked = response.headers.get("retry-after", "")
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return _RETRY_AFTER
