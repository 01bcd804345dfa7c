"""What Supabase Storage answers when it cannot do a thing, as our errors.

Storage answers most failures with HTTP 400 and tells the true status in the body:
`{"statusCode": "404", "error": "not_found", "message": "Object not found"}`, newer servers with a
`code` beside it (https://supabase.com/docs/guides/storage/debugging/error-codes).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from storage3.exceptions import StorageApiError

from adapters.outbound.supabase.errors import asked_to_wait
from domain.errors import (
    FalsafaError,
    FileTooLarge,
    Misconfigured,
    StoreUnavailable,
    TextNotFound,
)

_NO_BUCKET = {"Bucket not found", "NoSuchBucket"}
_NO_KEY = {"not_found", "NoSuchKey", "Object not found"}
_NO_RIGHT = {"Unauthorized", "InvalidJWT", "AccessDenied", "InvalidSignature"}
_UNREADABLE = "InternalError"  # the client's word for a body that is not Storage's

_AWAY = "Supabase Storage does not answer. Try again in a moment."
_BUSY = "Supabase Storage is busy. Try again in a moment."


@contextmanager
def storage_errors(bucket: str) -> Iterator[None]:
    """Errors of the client as ours."""
    try:
        yield
    except StorageApiError as error:
        raise _translated(error, bucket) from error
    except httpx.HTTPStatusError as error:
        raise _busy(error.response) from error
    except httpx.HTTPError as error:
        raise StoreUnavailable(_AWAY) from error
    except (ValueError, TypeError) as error:  # the client takes any success for JSON of its form
        raise StoreUnavailable("Supabase Storage gave an answer that cannot be read.") from error


@contextmanager
def disk_errors() -> Iterator[None]:
    """Of the files on this machine through which everything goes."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreUnavailable(
            f"The folder for temporary files cannot be used: {reason}. Check its disk, or name"
            " another in TMPDIR."
        ) from error


async def raise_if_refused(response: httpx.Response) -> None:
    """As the client does for its own requests."""
    if response.is_success:
        return
    await response.aread()
    try:
        told = response.json()
        error = StorageApiError(told["message"], told["error"], told["statusCode"])
    except (KeyError, TypeError, ValueError):
        error = StorageApiError("", _UNREADABLE, response.status_code)
    raise error


def _translated(error: StorageApiError, bucket: str) -> FalsafaError:
    words = {error.code, error.message}
    status = _status(error)
    if words & _NO_BUCKET:
        return Misconfigured(
            f"Supabase Storage has no bucket “{bucket}”. Make a private bucket of this name, or"
            " name another in SUPABASE_BUCKET."
        )
    if words & _NO_KEY:
        return TextNotFound("The file is not kept any more. Upload it again.")
    if words & _NO_RIGHT or status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Misconfigured("Supabase Storage refused the key; mend SUPABASE_SERVICE_ROLE_KEY.")
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return FileTooLarge(
            f"The file is larger than the bucket “{bucket}” takes; raise its file size limit."
        )
    if status == httpx.codes.UNSUPPORTED_MEDIA_TYPE:
        return Misconfigured(
            f"The bucket “{bucket}” refuses this type of file; let it take every MIME type."
        )
    if error.code == _UNREADABLE and status == httpx.codes.NOT_FOUND:
        return Misconfigured(
            "There is no Storage at SUPABASE_URL. Leave SUPABASE_BUCKET empty to keep files in"
            " the data folder."
        )
    if isinstance(error.__cause__, httpx.HTTPStatusError):
        return _busy(error.__cause__.response)
    return StoreUnavailable(f"Supabase Storage failed with status {status}. Try again in a moment.")


def _busy(response: httpx.Response) -> StoreUnavailable:
    told = "retry-after" in response.headers
    return StoreUnavailable(_BUSY, retry_after=asked_to_wait(response) if told else None)


def _status(error: StorageApiError) -> int:
    """The client hands on what the body says: a number, or its digits."""
    digits = str(error.status)
    return int(digits) if digits.isdecimal() else 0
