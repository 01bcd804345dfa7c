import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.outbound.supabase.client import Row, SupabaseClient
from adapters.outbound.supabase.rows import read_all
from domain.errors import (
    Conflict,
    FalsafaError,
    InvalidInput,
    Misconfigured,
    StoreUnavailable,
)
from tests.services.postgres import PostgresServer
from tests.services.postgrest import Rest, StartRest, token
from tests.stubs.serving import served


class Scripted:
    """A server that gives these answers, one after another, and the last one ever after."""

    def __init__(self, *answers: ASGIApp) -> None:
        self._answers = answers
        self.requests: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append(Request(scope))
        answer = self._answers[min(len(self.requests), len(self._answers)) - 1]
        await answer(scope, receive, send)


@asynccontextmanager
async def client_of(server: ASGIApp) -> AsyncIterator[SupabaseClient]:
    async with (
        served(server) as url,
        aclosing(SupabaseClient(url, token("service_role"))) as client,
    ):
        yield client


async def read(client: SupabaseClient) -> list[Row]:
    return await client.rows(lambda api: api.table("books").select("*"))


async def answers(client: SupabaseClient) -> bool:
    try:
        await read(client)
    except StoreUnavailable:
        return False
    return True


def busy(wait: str, status: int = 429) -> Response:
    return Response("a gateway's own words", status, {"Retry-After": wait})


# Reaching it


async def test_the_rest_api_lies_under_its_path() -> None:
    server = Scripted(JSONResponse([]))
    async with client_of(server) as client:
        assert await read(client) == []
    assert server.requests[0].url.path == "/rest/v1/books"


async def test_the_key_is_sent_and_never_shown() -> None:
    server = Scripted(JSONResponse([]))
    async with client_of(server) as client:
        await read(client)
        assert token("service_role") not in repr(vars(client)["_url"])
    headers = server.requests[0].headers
    assert headers["apikey"] == token("service_role")
    assert headers["authorization"] == f"Bearer {token('service_role')}"


@pytest.mark.parametrize("url", ["", "project.supabase.co", "ftp://host", "https://"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(Misconfigured, match="SUPABASE_URL"):
        SupabaseClient(url, token("service_role"))


@pytest.mark.parametrize("key", ["", " \n", "a\nb", "ключ"])
def test_what_is_no_key_is_told(key: str) -> None:
    with pytest.raises(Misconfigured, match="SUPABASE_SERVICE_ROLE_KEY"):
        SupabaseClient("https://host", key)


async def test_a_client_that_was_closed_opens_again(supabase: SupabaseClient) -> None:
    assert await read(supabase) == []
    await supabase.aclose()
    assert await read(supabase) == []


# Trying again


@pytest.mark.parametrize("status", [429, 502, 503, 504, 520])
async def test_what_fails_for_a_moment_is_asked_again(status: int) -> None:
    server = Scripted(busy("0", status), JSONResponse([{"id": 1}]))
    async with client_of(server) as client:
        assert await read(client) == [{"id": 1}]
    assert len(server.requests) == 2


async def test_it_is_not_asked_for_ever() -> None:
    server = Scripted(busy("0"))
    async with client_of(server) as client:
        with pytest.raises(StoreUnavailable):
            await read(client)
    assert len(server.requests) == 3


async def test_who_is_asked_to_wait_long_is_told_so_at_once() -> None:
    server = Scripted(busy("120"))
    async with client_of(server) as client:
        with pytest.raises(StoreUnavailable) as told:
            await read(client)
    assert told.value.retry_after == 120
    assert len(server.requests) == 1


async def test_the_wait_may_be_given_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    async with client_of(Scripted(busy(later, 503))) as client:
        with pytest.raises(StoreUnavailable) as told:
            await read(client)
    assert told.value.retry_after is not None
    assert 3000 < told.value.retry_after <= 3600


async def test_a_refusal_is_not_asked_again() -> None:
    server = Scripted(JSONResponse({"code": "23505", "message": "duplicate"}, 409))
    async with client_of(server) as client:
        with pytest.raises(Conflict):
            await read(client)
    assert len(server.requests) == 1


async def test_a_server_that_is_away_is_told_of() -> None:
    async with aclosing(SupabaseClient("http://127.0.0.1:1", token("service_role"))) as client:
        with pytest.raises(StoreUnavailable) as told:
            await read(client)
    assert told.value.retry_after


async def test_a_server_that_never_answers_is_told_of() -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await receive()  # until the client leaves

    async with (
        served(never) as url,
        aclosing(SupabaseClient(url, token("service_role"), timeout=0.1)) as client,
    ):
        with pytest.raises(StoreUnavailable):
            await read(client)


async def test_it_recovers_by_itself_when_the_database_comes_back(
    postgres: PostgresServer, start_rest: StartRest
) -> None:
    database, other = postgres.create(), postgres.create()
    database.migrate()
    async with aclosing(start_rest(database).client()) as client:
        assert await read(client) == []
        other.run(f"alter database {database.name} allow_connections false")
        other.run(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            f" where datname = '{database.name}'"
        )
        with pytest.raises(StoreUnavailable):
            await read(client)
        other.run(f"alter database {database.name} allow_connections true")
        async with asyncio.timeout(60):
            while not await answers(client):
                pass  # each question waits before it is asked again


# What it refuses


async def test_a_key_that_is_not_the_service_roles_is_told(rest: Rest) -> None:
    for key in ("no.token.atall", token("nobody")):
        async with aclosing(SupabaseClient(rest.url, key, rest_path="")) as client:
            with pytest.raises(Misconfigured, match="SUPABASE_SERVICE_ROLE_KEY") as told:
                await read(client)
        assert key not in told.value.message


async def test_a_readers_key_reaches_nothing_of_ours(rest: Rest) -> None:
    async with aclosing(SupabaseClient(rest.url, token("anon"), rest_path="")) as client:
        with pytest.raises(Misconfigured):
            await client.rows(lambda api: api.table("falsafa_books").select("*"))
        with pytest.raises(Misconfigured):
            await client.call("falsafa_find_books", {})


async def test_a_readers_key_sees_no_row_of_the_tables_that_we_made(
    rest: Rest, supabase: SupabaseClient
) -> None:
    await supabase.rows(lambda api: api.table("books").insert({"title": "Emma", "slug": "emma"}))
    assert len(await read(supabase)) == 1
    for role in ("anon", "authenticated"):
        async with aclosing(SupabaseClient(rest.url, token(role), rest_path="")) as client:
            assert await read(client) == []


async def test_a_table_that_is_not_there_tells_of_the_migrations(supabase: SupabaseClient) -> None:
    with pytest.raises(Misconfigured, match="supabase/migrations"):
        await supabase.rows(lambda api: api.table("no_such_table").select("*"))
    with pytest.raises(Misconfigured, match="supabase/migrations"):
        await supabase.call("no_such_function", {})


async def test_a_value_that_no_column_takes_is_the_callers(supabase: SupabaseClient) -> None:
    with pytest.raises(InvalidInput):
        await supabase.rows(lambda api: api.table("books").select("*").eq("id", "Emma"))


async def test_what_the_database_says_is_not_repeated(supabase: SupabaseClient) -> None:
    secret = "what a reader wrote"
    with pytest.raises(FalsafaError) as told:
        await supabase.rows(
            lambda api: api.table("messages").insert({"role": secret, "content": secret})
        )
    assert secret not in told.value.message


# Many rows


async def test_all_rows_are_read_though_the_server_gives_a_thousand(
    supabase: SupabaseClient,
) -> None:
    rows = [{"name": f"category {n}", "slug": "many"} for n in range(2500)]
    await supabase.rows(lambda api: api.table("categories").insert(rows))
    assert len(await supabase.rows(lambda api: api.table("categories").select("id"))) == 1000
    read = await read_all(supabase, "categories", where={"slug": "many"}, order="id")
    assert {row["name"] for row in read} == {row["name"] for row in rows}
    assert len(read) == 2500
    assert await read_all(supabase, "categories", where={"slug": "none"}, order="id") == []
