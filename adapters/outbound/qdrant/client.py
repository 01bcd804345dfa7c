"""One connection to a Qdrant server, that the index and the health check share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
from pydantic import ValidationError
from qdrant_client import AsyncQdrantClient
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from application.retrying import Patience, retried
from domain.errors import StoreUnavailable

T = TypeVar("T")
Ask = Callable[[AsyncQdrantClient], Awaitable[T]]

_TIMEOUT = 30  # seconds, for one try
_CONNECTIONS = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_PATIENCE = Patience(attempts=3, first_pause=0.2, longest_pause=3.0)
_AWAY = "The vector index (Qdrant) cannot be reached. Try again in a moment."
_ABSENT = "What was looked for is not in the vector index (Qdrant). Process the book again."
_REFUSED = "The vector index (Qdrant) refused a request. Its own log says why."


class Absent(StoreUnavailable):
    """There is no such collection."""


class Refused(StoreUnavailable):
    """The server understood and will not do it: asking again changes nothing."""


class _Final(Exception):
    """Carries an error past the retries."""

    def __init__(self, error: StoreUnavailable) -> None:
        super().__init__(error.message)
        self.error = error


class QdrantConnection:
    """Whatever is sent is sent again when the server is away or busy, or its answer is lost. So
    only what done twice is as good as done once is asked for.
    """

    def __init__(self, url: str, *, api_key: str | None = None, timeout: int = _TIMEOUT) -> None:
        """`url`: "http://host:6333", the port may be left out; ":memory:" is the client's own
        store in this process."""
        self._url = url
        self._api_key = api_key
        self._timeout = timeout
        self._client: AsyncQdrantClient | None = None

    async def ask(self, ask: Ask[T]) -> T:
        """Raises StoreUnavailable, and of its kinds Absent and Refused."""
        try:
            return await retried(lambda: _translated(ask, self.client), _PATIENCE)
        except _Final as final:
            raise final.error from final

    @property
    def client(self) -> AsyncQdrantClient:
        if self._client is None:
            self._client = AsyncQdrantClient(self._url, **self._options())
        return self._client

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _options(self) -> dict[str, Any]:
        if self._url == ":memory:":
            return {}
        return {
            # As a header: the client warns of a key over http, which is how containers speak.
            "headers": {"api-key": self._api_key} if self._api_key else None,
            "timeout": self._timeout,
            "limits": _CONNECTIONS,
            "trust_env": False,
            "check_compatibility": False,  # it would block, in a thread of its own
        }


async def _translated(ask: Ask[T], client: AsyncQdrantClient) -> T:
    try:
        return await ask(client)
    except ResourceExhaustedResponse as error:
        raise StoreUnavailable(_AWAY, retry_after=float(error.retry_after_s)) from error
    except UnexpectedResponse as error:
        raise _of_status(error.status_code or 0) from error
    except (ResponseHandlingException, QdrantException) as error:
        raise StoreUnavailable(_AWAY) from error
    except ValidationError:  # of a request of ours
        raise
    except ValueError as error:  # how the store in this process refuses
        absent = "not found" in str(error)
        raise _Final(Absent(_ABSENT) if absent else Refused(_REFUSED)) from error


def _of_status(status: int) -> Exception:
    if status == httpx.codes.NOT_FOUND:
        return _Final(Absent(_ABSENT))
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return _Final(Refused("Qdrant refuses the key. Set the right one in QDRANT_API_KEY."))
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return StoreUnavailable(_AWAY)
    return _Final(Refused(_REFUSED))
