"""One connection to Supabase, or to a PostgREST of one's own, that every repository shares."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit

import httpx
from supabase import AsyncClient, AsyncClientOptions

from adapters.outbound.supabase.errors import raise_for_overload, translated
from application.retrying import Patience, retried
from domain.errors import Misconfigured

Row: TypeAlias = dict[str, Any]

_CONNECT = 3.0  # seconds
_PATIENCE = Patience(attempts=3, first_pause=0.2, longest_pause=3.0, within=10.0)
_CONNECTIONS = httpx.Limits(max_connections=100, max_keepalive_connections=20)


class Answer(Protocol):
    data: Any
    count: int | None


class Query(Protocol):
    """What supabase-py's builders end in; one is built for each try."""

    def execute(self) -> Awaitable[Answer]: ...


BuildQuery: TypeAlias = Callable[[AsyncClient], Query]


class SupabaseClient:
    """Whatever is sent is sent again when the server is away or busy, or its answer is lost. So
    every write is one that twice does what it does once: ids are made here, not there.

    Raises StoreUnavailable, Misconfigured, and what the functions of our migrations
    tell: BookNotFound, SessionNotFound, StaleWrite, IdempotencyConflict.
    """

    def __init__(
        self,
        url: str,
        service_role_key: str,
        *,
        rest_path: str = "/rest/v1",
        timeout: float = 10.0,
    ) -> None:
        """`rest_path` is "" where the URL is PostgREST's own. `timeout`: seconds for one try.

        Raises Misconfigured for what can be no address and no key.
        """
        self._url = _address(url)
        self._key = _key(service_role_key)
        self._rest_path = rest_path
        self._timeout = timeout
        self._http: httpx.AsyncClient | None = None
        self._api: AsyncClient | None = None

    @property
    def api(self) -> AsyncClient:
        """supabase-py's client, for what has no method here: it raises the vendor's errors."""
        if self._api is None:
            self._http = httpx.AsyncClient(
                timeout=httpx.Timeout(self._timeout, connect=min(_CONNECT, self._timeout)),
                limits=_CONNECTIONS,
                trust_env=False,
                event_hooks={"response": [raise_for_overload]},
            )
            self._api = AsyncClient(
                self._url,
                self._key,
                AsyncClientOptions(
                    auto_refresh_token=False,
                    persist_session=False,
                    httpx_client=self._http,
                    postgrest_client_retry=False,  # it waits for whole seconds, and reads only
                ),
            )
            parts = (part for part in self._rest_path.split("/") if part)
            self._api.rest_url = self._api.supabase_url.joinpath(*parts)
        return self._api

    async def aclose(self) -> None:
        if self._http is not None:
            await self._http.aclose()
        self._http = self._api = None

    async def rows(self, query: BuildQuery) -> list[Row]:
        """What was read, as many rows as the server gives at once (see `rows.read_all` for more);
        or what was written: none where nothing matched."""
        return (await self.answer(query)).data  # type: ignore[no-any-return]

    async def call(self, function: str, arguments: Mapping[str, object]) -> Any:
        """What a function of the database returns: one transaction."""
        return (await self.answer(lambda api: api.rpc(function, dict(arguments)))).data

    async def answer(self, query: BuildQuery) -> Answer:
        return await retried(lambda: self._once(query), _PATIENCE)

    async def _once(self, query: BuildQuery) -> Answer:
        with translated():
            return await query(self.api).execute()


def _address(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misconfigured("SUPABASE_URL is no web address. Set it to https://<host>.")
    return parts.geturl().rstrip("/")


def _key(text: str) -> str:
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable():
        raise Misconfigured(
            "SUPABASE_SERVICE_ROLE_KEY is no key. Copy the service role's key anew."
        )
    return key
