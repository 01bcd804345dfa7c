"""Databases as deployments have them: the older tables with rows, our migrations beside them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.services.postgres import PostgresDatabase, PostgresServer
from tests.services.postgrest import Rest, StartRest

if TYPE_CHECKING:
    from adapters.outbound.supabase.client import SupabaseClient
    from adapters.outbound.supabase.sessions import SessionKey
    from adapters.outbound.supabase.status_words import StatusWords

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class OlderTables:
    session_key: "SessionKey"
    status_words: "StatusWords"
    completed: str
    category: str
    users: bool  # whether rows must name users that the deployment knows

    def put_in(self, database: PostgresDatabase) -> None:
        """Tables and rows, as they were before there was anything of ours."""
        database.run_file(_FOLDER / f"by_{self.session_key}.sql")
        self.put_rows_in(database)

    def put_rows_in(self, database: PostgresDatabase) -> None:
        self.add_users(database, ["a0000000-0000-0000-0000-000000000001"])
        database.run_file(
            _FOLDER / "rows.sql",
            session_key=self.session_key,
            category=self.category,
            completed=self.completed,
            pending=self.status_words,
        )

    def add_users(self, database: PostgresDatabase, ids: Sequence[str]) -> None:
        if self.users:
            rows = ", ".join(f"('{user}')" for user in ids)
            database.run(f"insert into auth.users (id) values {rows} on conflict do nothing")


OLDER = (
    OlderTables("id", "pending", "completed", "f0000000-0000-0000-0000-000000000001", users=True),
    OlderTables("session_id", "queued", "success", "1", users=False),
)


@dataclass(frozen=True)
class Deployment:
    """Older tables with rows, our migrations, and PostgREST before them."""

    tables: OlderTables
    rest: Rest

    @property
    def database(self) -> PostgresDatabase:
        return self.rest.database

    def add_users(self, *ids: str) -> None:
        self.tables.add_users(self.database, ids)


@pytest.fixture(scope="session", params=OLDER, ids=lambda tables: tables.session_key)
def older_deployment(
    request: pytest.FixtureRequest, postgres: PostgresServer, start_rest: StartRest
) -> Deployment:
    database = postgres.create()
    request.param.put_in(database)
    database.migrate()
    return Deployment(request.param, start_rest(database))


@pytest.fixture
def deployment(older_deployment: Deployment) -> Deployment:
    """With the rows that it had when our migrations came, and no others."""
    older_deployment.database.truncate()
    older_deployment.tables.put_rows_in(older_deployment.database)
    return older_deployment


@pytest.fixture
async def older_supabase(deployment: Deployment) -> AsyncIterator["SupabaseClient"]:
    client = deployment.rest.client()
    yield client
    await client.aclose()
