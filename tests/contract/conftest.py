from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.outbound.sqlite.database import Database
from adapters.outbound.supabase.client import SupabaseClient
from tests.contract.fake_clock import FakeClock
from tests.contract.storage import BUCKET, STORAGES, real_bucket, real_client, stub_client
from tests.stubs.supabase_storage import BucketInfo, StorageStub

# Contracts of several modules; their assertions tell as much as those of the tests.
pytest.register_assert_rewrite(
    "tests.contract.job_control", "tests.contract.job_leases", "tests.contract.remote_models"
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "falsafa.db")
    yield database
    await database.aclose()


@pytest.fixture
async def second_database(tmp_path: Path) -> AsyncIterator[Database]:
    """Another process on the same file. The first, left open and unused, stands for one that was
    killed."""
    database = Database(tmp_path / "falsafa.db")
    yield database
    await database.aclose()


@pytest.fixture
def storage_stub() -> StorageStub:
    return StorageStub("service-role-key", BucketInfo(id=BUCKET, name=BUCKET))


@pytest.fixture(params=STORAGES)
async def storage(
    request: pytest.FixtureRequest, storage_stub: StorageStub
) -> AsyncIterator[tuple[SupabaseClient, str]]:
    """Supabase Storage: a client, and an empty bucket."""
    if request.param == "stub":
        async with stub_client(storage_stub) as client:
            yield client, BUCKET
    else:
        async with real_client() as client:
            yield client, real_bucket()


@pytest.fixture
async def stubbed_storage(storage_stub: StorageStub) -> AsyncIterator[SupabaseClient]:
    """For what only a stub can be told to do."""
    async with stub_client(storage_stub) as client:
        yield client
