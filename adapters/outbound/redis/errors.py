"""Redis's errors, told as Falsafa's."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ConnectionError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TimeoutError,
)

from domain.errors import FalsafaError, StoreUnavailable

_SOON, _LATER = 2.0, 10.0  # seconds until another try may succeed

# The narrowest match first.
_BY_TYPE: tuple[tuple[tuple[type[Exception], ...], str, float | None], ...] = (
    ((OutOfMemoryError,), "Redis has no memory left: raise its maxmemory, or free some.", _LATER),
    ((BusyLoadingError,), "Redis is starting: it still loads its data. Try again.", _SOON),
    ((ReadOnlyError,), "This Redis is a replica: REDIS_URL must name its primary.", _LATER),
    (
        (AuthenticationError, AuthorizationError, NoPermissionError),
        "Redis refused the user, the password or the rights that REDIS_URL gives.",
        None,
    ),
    ((ConnectionError, TimeoutError, OSError), "Redis cannot be reached. Try again.", _SOON),
)
# By the first word of what Redis says (https://redis.io/docs/latest/develop/reference/protocol-spec/).
_BY_WORD = {
    "MISCONF": "Redis cannot write its data to its disk: see its log.",
    "NOREPLICAS": "Redis has too few replicas to take a write: see its log.",
    "MASTERDOWN": "This Redis has lost its primary: see its log.",
    "BUSY": "Redis is busy with a script. Try again.",
}


class Refused(FalsafaError):
    """Redis understood and will not do it: no fault of its own."""


def translate(error: Exception) -> FalsafaError:
    """StoreUnavailable where Redis is to blame; Refused where our commands are."""
    for types, sentence, retry_after in _BY_TYPE:
        if isinstance(error, types):
            return StoreUnavailable(sentence, retry_after=retry_after)
    if sentence := _BY_WORD.get(str(error).partition(" ")[0], ""):
        return StoreUnavailable(sentence, retry_after=_LATER)
    return Refused("Redis refused a command: is it 7.0 or newer? Else a defect in Falsafa.")


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:  # an OSError is also asyncio's TimeoutError
        raise translate(error) from error
