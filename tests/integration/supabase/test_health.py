from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.health import MIGRATIONS, SupabaseHealthCheck
from tests.services import postgres as service
from tests.services.postgres import PostgresServer
from tests.services.postgrest import StartRest


async def test_what_answers_is_told(supabase: SupabaseClient) -> None:
    health = await SupabaseHealthCheck(supabase).check()
    assert (health.name, health.ok) == ("tables", True)
    assert "PostgREST" in health.detail
    assert "PostgreSQL" in health.detail
    assert health.latency_ms > 0


async def test_a_database_without_our_migrations_is_told_what_to_do(
    postgres: PostgresServer, start_rest: StartRest
) -> None:
    client = start_rest(postgres.create()).client()
    health = await SupabaseHealthCheck(client).check()
    await client.aclose()
    assert not health.ok
    assert "supabase db push" in health.detail


async def test_a_migration_that_is_missing_is_named(supabase: SupabaseClient) -> None:
    await supabase.rows(
        lambda api: api.table("falsafa_migrations").delete().eq("name", MIGRATIONS[-1])
    )
    health = await SupabaseHealthCheck(supabase).check()
    assert not health.ok
    assert MIGRATIONS[-1] in health.detail
    assert MIGRATIONS[0] not in health.detail


async def test_a_database_that_is_away_is_told() -> None:
    client = SupabaseClient("http://127.0.0.1:1", "a-key", rest_path="")
    health = await SupabaseHealthCheck(client).check()
    await client.aclose()
    assert not health.ok
    assert "a-key" not in health.detail


def test_every_migration_is_waited_for() -> None:
    assert [path.stem for path in sorted(service.MIGRATIONS.glob("*.sql"))] == list(MIGRATIONS)
