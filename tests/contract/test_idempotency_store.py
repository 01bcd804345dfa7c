import asyncio

import pytest

from adapters.outbound.memory.idempotency import MemoryIdempotencyStore
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.idempotency import SqliteIdempotencyStore
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.idempotency import SupabaseIdempotencyStore
from application.ports.idempotency_store import IdempotencyStore
from domain.errors import IdempotencyConflict
from domain.ids import LOCAL_OWNER, OwnerId

SOMEONE_ELSE = OwnerId("00000000-0000-0000-0000-000000000002")


class IdempotencyStoreContract:
    @pytest.fixture
    def store(self) -> IdempotencyStore:
        raise NotImplementedError

    async def test_a_new_key_is_bound(self, store: IdempotencyStore) -> None:
        assert await store.remember(LOCAL_OWNER, "key", "request", "job 1") == "job 1"

    async def test_the_same_request_again_gives_what_was_made(
        self, store: IdempotencyStore
    ) -> None:
        await store.remember(LOCAL_OWNER, "key", "request", "job 1")
        assert await store.remember(LOCAL_OWNER, "key", "request", "job 2") == "job 1"

    async def test_another_request_with_the_same_key_is_refused(
        self, store: IdempotencyStore
    ) -> None:
        await store.remember(LOCAL_OWNER, "key", "request", "job 1")
        with pytest.raises(IdempotencyConflict):
            await store.remember(LOCAL_OWNER, "key", "another request", "job 2")
        assert await store.remember(LOCAL_OWNER, "key", "request", "job 3") == "job 1"

    async def test_each_owner_has_keys_of_their_own(self, store: IdempotencyStore) -> None:
        await store.remember(LOCAL_OWNER, "key", "request", "job 1")
        assert await store.remember(SOMEONE_ELSE, "key", "another", "job 2") == "job 2"
        assert await store.remember(LOCAL_OWNER, "other key", "another", "job 3") == "job 3"

    async def test_of_many_at_once_one_binds_the_key(self, store: IdempotencyStore) -> None:
        bound = await asyncio.gather(
            *(store.remember(LOCAL_OWNER, "key", "request", f"job {n}") for n in range(20))
        )
        assert len(set(bound)) == 1

    async def test_a_forgotten_key_is_free(self, store: IdempotencyStore) -> None:
        await store.remember(LOCAL_OWNER, "key", "request", "job 1")
        for _ in range(2):
            await store.forget(LOCAL_OWNER, "key")
        assert await store.remember(LOCAL_OWNER, "key", "another request", "job 2") == "job 2"


class TestMemoryIdempotency(IdempotencyStoreContract):
    @pytest.fixture
    def store(self) -> IdempotencyStore:
        return MemoryIdempotencyStore()


class TestSqliteIdempotency(IdempotencyStoreContract):
    @pytest.fixture
    def store(self, database: Database) -> IdempotencyStore:
        return SqliteIdempotencyStore(database)

    async def test_a_killed_process_forgets_no_key(
        self, store: IdempotencyStore, second_database: Database
    ) -> None:
        await store.remember(LOCAL_OWNER, "key", "request", "job 1")
        reopened = SqliteIdempotencyStore(second_database)
        assert await reopened.remember(LOCAL_OWNER, "key", "request", "job 2") == "job 1"


class TestSupabaseIdempotency(IdempotencyStoreContract):
    @pytest.fixture
    def store(self, supabase: SupabaseClient) -> IdempotencyStore:
        return SupabaseIdempotencyStore(supabase)
