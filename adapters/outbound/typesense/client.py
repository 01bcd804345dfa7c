"""One connection to the nodes of a TypeSense cluster, that all who use it share."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from typesense.async_.api_call import AsyncApiCall
from typesense.configuration import Configuration, NodeConfigDict
from typesense.exceptions import (
    HTTPStatus0Error,
    ObjectNotFound,
    RequestForbidden,
    RequestUnauthorized,
    ServerError,
    ServiceUnavailable,
    TypesenseClientError,
)

from application.retrying import Patience, retried
from domain.errors import StoreUnavailable

T = TypeVar("T")
_Json: TypeAlias = dict[str, Any]

_TIMEOUT = 30.0  # seconds, for one try
_CONNECT = 2.0
_CONNECTIONS = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_PATIENCE = Patience(attempts=3, first_pause=0.2, longest_pause=3.0)
_NODE_RESTS = 5  # seconds for which a node that failed is passed over

_AWAY = "The keyword index (TypeSense) cannot be reached. Try again in a moment."
_ABSENT = "What was looked for is not in the keyword index (TypeSense). Process the book again."
_REFUSED = "The keyword index (TypeSense) refused a request. Its own log says why."
_KEY = "TypeSense refuses the key. Set the right one in TYPESENSE_API_KEY."


class Absent(StoreUnavailable):
    """There is no such collection or alias."""


class Refused(StoreUnavailable):
    """The server understood and will not do it: asking again changes nothing."""


class _Final(Exception):
    """Carries an error past the retries."""

    def __init__(self, error: StoreUnavailable) -> None:
        super().__init__(error.message)
        self.error = error


class TypesenseConnection:
    """Each try goes to every node in turn, those that failed lately last; the vendor's client
    remembers them. Whatever is sent is sent again when no node answers, so only what done twice
    is as good as done once is asked for.

    Every method raises StoreUnavailable, and of its kinds Absent and Refused. Paths are given in
    parts: "collections", name.
    """

    def __init__(self, nodes: Sequence[str], api_key: str, *, timeout: float = _TIMEOUT) -> None:
        """`nodes`: "http://host:8108", "host:8108" or "https://host"."""
        self.nodes = [_node(node) for node in nodes]
        self._api_key = api_key
        self._timeout = timeout
        self._http: httpx.AsyncClient | None = None
        self._api: AsyncApiCall | None = None

    async def get(self, *path: str) -> dict[str, Any]:
        return await self._ask(lambda api: api.get(_endpoint(path), _Json))

    async def put(self, *path: str, body: Mapping[str, Any]) -> None:
        await self._ask(lambda api: api.put(_endpoint(path), _Json, body))

    async def post(self, *path: str, body: Mapping[str, Any]) -> None:
        await self._ask(lambda api: api.post(_endpoint(path), _Json, as_json=True, body=body))

    async def delete(self, *path: str) -> None:
        await self._ask(lambda api: api.delete(_endpoint(path), _Json))

    async def upsert(self, collection: str, documents: Sequence[Mapping[str, Any]]) -> None:
        """Raises Refused if one of them is refused."""
        lines = "\n".join(json.dumps(document) for document in documents)
        path = _endpoint(("collections", collection, "documents", "import"))

        async def refusals(api: AsyncApiCall) -> int:
            action = {"action": "upsert"}
            answer = await api.post(path, str, as_json=False, params=action, body=lines)
            return sum(not json.loads(line)["success"] for line in answer.splitlines())

        if refused := await self._ask(refusals):
            raise Refused(
                f"The keyword index (TypeSense) refused {refused} of {len(documents)} passages. "
                "Its own log says why."
            )

    async def search(self, searches: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Several at once; their results in the same order."""

        async def results(api: AsyncApiCall) -> list[dict[str, Any]]:
            body = {"searches": searches}
            answer = await api.post("/multi_search", _Json, as_json=True, body=body)
            found: list[dict[str, Any]] = answer["results"]
            for result in found:
                if "code" in result:  # it failed by itself: the answer's own status is 200
                    raise _of_status(result["code"])
            return found

        return await self._ask(results)

    @property
    def http(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(
                timeout=httpx.Timeout(self._timeout, connect=min(_CONNECT, self._timeout)),
                limits=_CONNECTIONS,
                trust_env=False,
            )
        return self._http

    async def aclose(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = self._api = None

    @property
    def _calls(self) -> AsyncApiCall:
        """The part of the vendor's client that speaks with nodes. What lies above it sends every
        number as a string, and warns of parts of its own whenever a collection is named."""
        if self._api is None:
            configuration = Configuration(
                {
                    "nodes": list(self.nodes),
                    "api_key": self._api_key,
                    "num_retries": len(self.nodes) - 1,
                    "retry_interval_seconds": 0.0,  # the next try is another node's
                    "healthcheck_interval_seconds": _NODE_RESTS,
                }
            )
            self._api = AsyncApiCall(configuration, self.http)
        return self._api

    async def _ask(self, ask: Callable[[AsyncApiCall], Awaitable[T]]) -> T:
        try:
            return await retried(lambda: _translated(ask, self._calls), _PATIENCE)
        except _Final as final:
            raise final.error from final


def _endpoint(path: Sequence[str]) -> str:
    return "/" + "/".join(quote(part, safe="") for part in path)


def _node(address: str) -> NodeConfigDict:
    parts = urlsplit(address if "://" in address else f"http://{address}")
    port = parts.port or (443 if parts.scheme == "https" else 8108)
    path = parts.path.rstrip("/")
    return {"host": parts.hostname or "", "port": port, "protocol": parts.scheme, "path": path}


async def _translated(ask: Callable[[AsyncApiCall], Awaitable[T]], api: AsyncApiCall) -> T:
    try:
        return await ask(api)
    except ObjectNotFound as error:
        raise _of_status(404) from error
    except (RequestUnauthorized, RequestForbidden) as error:
        raise _of_status(401) from error
    except (httpx.HTTPError, HTTPStatus0Error, ServerError, ServiceUnavailable) as error:
        raise StoreUnavailable(_AWAY) from error
    except TypesenseClientError as error:
        raise _of_status(error.args[0] if error.args else 400) from error
    except (ValueError, KeyError, TypeError) as error:  # an answer of another form
        raise StoreUnavailable(_AWAY) from error


def _of_status(status: int) -> Exception:
    if status == httpx.codes.NOT_FOUND:
        return _Final(Absent(_ABSENT))
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return _Final(Refused(_KEY))
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return StoreUnavailable(_AWAY)
    return _Final(Refused(_REFUSED))
