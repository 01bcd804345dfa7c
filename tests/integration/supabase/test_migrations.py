import pytest

from tests.services.older_tables import OLDER, OlderTables
from tests.services.postgres import MIGRATIONS, PostgresDatabase, PostgresServer

OF_DEPLOYMENTS = (
    "books",
    "categories",
    "characters",
    "chat_sessions",
    "messages",
    "user_preferences",
)


@pytest.fixture(params=OLDER, ids=lambda tables: tables.session_key)
def older(request: pytest.FixtureRequest, postgres: PostgresServer) -> PostgresDatabase:
    """A deployment that has nothing of ours yet."""
    tables: OlderTables = request.param
    database = postgres.create()
    tables.put_in(database)
    return database


def dump_of_deployment(database: PostgresDatabase) -> str:
    """Rows, columns, defaults, keys, indices, triggers, policies and grants."""
    return database.dump(*(f"--table=public.{name}" for name in OF_DEPLOYMENTS))


def test_what_a_deployment_has_is_left_as_it_was(older: PostgresDatabase) -> None:
    before = dump_of_deployment(older)
    assert "Never wonder." in before
    older.migrate()
    assert dump_of_deployment(older) == before


def test_applied_again_the_migrations_change_nothing(older: PostgresDatabase) -> None:
    older.migrate()
    once = older.dump()
    older.migrate()
    assert older.dump() == once


def test_an_empty_database_gets_the_tables_of_deployments(postgres: PostgresServer) -> None:
    database = postgres.create()
    database.migrate()
    tables = database.run("select tablename from pg_tables where schemaname = 'public'").split()
    assert set(OF_DEPLOYMENTS) <= set(tables)


def test_every_table_of_ours_is_named_so(postgres: PostgresServer) -> None:
    database = postgres.create()
    database.migrate()
    tables = database.run("select tablename from pg_tables where schemaname = 'public'").split()
    functions = database.run(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace"
    ).split()
    ours = {*tables, *functions} - set(OF_DEPLOYMENTS)
    assert {name for name in ours if not name.startswith("falsafa_")} == set()


def test_what_is_ours_is_for_the_service_role_alone(postgres: PostgresServer) -> None:
    database = postgres.create()
    database.migrate()
    for role, may in (("anon", "f"), ("authenticated", "f"), ("service_role", "t")):
        tables = database.run(
            f"select distinct has_table_privilege('{role}', oid, 'select') from pg_class"
            " where relkind = 'r' and relname like 'falsafa%'"
        )
        functions = database.run(
            f"select distinct has_function_privilege('{role}', oid, 'execute') from pg_proc"
            " where proname like 'falsafa%'"
        )
        assert (tables.split(), functions.split()) == ([may], [may])


def test_every_table_that_is_made_here_has_row_level_security(postgres: PostgresServer) -> None:
    database = postgres.create()
    database.migrate()
    unguarded = database.run(
        "select tablename from pg_tables where schemaname = 'public' and not rowsecurity"
    )
    assert unguarded == ""


def test_statements_may_be_applied_one_by_one(postgres: PostgresServer) -> None:
    """As psql does without --single-transaction."""
    database, other = postgres.create(), postgres.create()
    for path in sorted(MIGRATIONS.glob("*.sql")):
        database.run_file(path, together=False)
    other.migrate()
    assert database.dump("--schema-only") == other.dump("--schema-only")


def test_each_migration_notes_that_it_was_applied(postgres: PostgresServer) -> None:
    database = postgres.create()
    database.migrate()
    noted = database.run("select name from falsafa_migrations order by name").split()
    assert noted == sorted(path.stem for path in MIGRATIONS.glob("*.sql"))
