"""A real PostgreSQL for a test session: a cluster in a temporary folder, on a free port."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.services.programs import ROOT, free_port, runs_as_root, wait_until

MIGRATIONS = ROOT / "supabase" / "migrations"
ROLES = ROOT / "supabase" / "self_hosting" / "roles.sql"

# Nothing of it outlives the tests: it need not reach the disk.
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 60
shared_buffers = 32MB
autovacuum = off
"""
_TRUNCATE = """
do $$ declare tables text; begin
    select string_agg(format('%I.%I', schemaname, tablename), ', ') into tables
    from pg_tables where schemaname = 'public' and tablename <> 'falsafa_migrations';
    if tables is not null then execute 'truncate ' || tables || ' restart identity cascade'; end if;
end $$;
"""


@dataclass(frozen=True)
class PostgresDatabase:
    server: "PostgresServer"
    name: str

    @property
    def uri(self) -> str:
        """For PostgREST, which takes on the role that a token names."""
        return f"postgres://authenticator@127.0.0.1:{self.server.port}/{self.name}"

    def run(self, sql: str) -> str:
        """What the statements print, without titles; columns are told apart by `|`."""
        return self._psql("--command", sql)

    def run_file(self, path: Path, *, together: bool = True, **variables: str) -> str:
        """In one transaction, as `supabase db push` applies a migration, unless told otherwise."""
        options = ["--single-transaction"] if together else []
        for name, value in variables.items():
            options += ["--set", f"{name}={value}"]
        return self._psql(*options, "--file", str(path))

    def migrate(self) -> None:
        for path in sorted(MIGRATIONS.glob("*.sql")):
            self.run_file(path)

    def truncate(self) -> None:
        """No rows, but the record of the migrations."""
        self.run(_TRUNCATE)

    def dump(self, *options: str) -> str:
        """As SQL, without what differs from one dump to the next."""
        dumped = self.server.execute("pg_dump", "--dbname", self.name, *options)
        return "\n".join(line for line in dumped.splitlines() if "restrict " not in line)

    def _psql(self, *arguments: str) -> str:
        options = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align")
        stop = ("--set", "ON_ERROR_STOP=1")
        return self.server.execute("psql", "--dbname", self.name, *options, *stop, *arguments)


class PostgresServer:
    def __init__(self, programs: Path, port: int) -> None:
        self._programs = programs
        self._numbers = count(1)
        self.port = port

    def create(self) -> PostgresDatabase:
        """An empty database, with the roles and default privileges of a Supabase project."""
        database = PostgresDatabase(self, f"test_{next(self._numbers)}")
        self.execute("createdb", database.name)
        database.run_file(ROLES)
        return database

    def execute(self, program: str, *arguments: str) -> str:
        """A client's output. Raises CalledProcessError, with what it complained of as a note."""
        address = ("--host", "127.0.0.1", "--port", str(self.port), "--username", "postgres")
        command = [str(self._programs / program), *address, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            done.check_returncode()
        except subprocess.CalledProcessError as error:
            error.add_note(done.stderr)
            raise
        return done.stdout


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    port = free_port()
    # Not pytest's own folder: PostgreSQL's user, which is not root, has no way into that.
    with tempfile.TemporaryDirectory(prefix="falsafa-postgres-") as name:
        folder, user = Path(name), "postgres" if runs_as_root() else None
        if user:
            shutil.chown(folder, user)
        data, log = folder / "data", folder / "log"
        _make_cluster(programs, data, user)
        with (data / "postgresql.conf").open("a") as file:
            file.write(f"{_CONFIGURATION}port = {port}\nunix_socket_directories = '{folder}'\n")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data)],
                stdout=output,
                stderr=output,
                user=user,
                cwd=folder,
            )
        try:
            wait_until(lambda: _answers(programs, port), process, log)
            yield PostgresServer(programs, port)
        finally:
            process.send_signal(3)  # SIGQUIT: at once
            process.wait()


def _programs() -> Path | None:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found and (on_path := shutil.which("initdb")):
        found = [Path(on_path).parent]
    return max(found, key=lambda path: path.parent.name, default=None)


def _make_cluster(programs: Path, data: Path, user: str | None) -> None:
    options = ["--username", "postgres", "--auth", "trust", "--no-sync"]
    options += ["--encoding", "UTF8", "--locale", "C.UTF-8"]
    subprocess.run(
        [str(programs / "initdb"), "--pgdata", str(data), *options],
        check=True,
        capture_output=True,
        user=user,
        cwd=data.parent,
    )


def _answers(programs: Path, port: int) -> bool:
    """It listens a moment before it takes connections."""
    ask = [str(programs / "pg_isready"), "--host", "127.0.0.1", "--port", str(port)]
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0
