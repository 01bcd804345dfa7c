"""Supabase Storage for contract tests: the stub, and a real bucket where one is named."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.storage_blobs import SupabaseBlobStore
from tests.stubs.serving import served
from tests.stubs.supabase_storage import StorageStub

BUCKET = "falsafa"  # the stub's

_REAL_BUCKET = os.environ.get("FALSAFA_TEST_SUPABASE_BUCKET")  # of FALSAFA_TEST_SUPABASE_URL
STORAGES = ["stub", "server"] if _REAL_BUCKET else ["stub"]


@asynccontextmanager
async def stub_client(stub: StorageStub) -> AsyncIterator[SupabaseClient]:
    async with served(stub.app()) as url:
        client = SupabaseClient(url, stub.key)
        yield client
        await client.aclose()


@asynccontextmanager
async def real_client() -> AsyncIterator[SupabaseClient]:
    """Its bucket is there for tests alone: what they use of it is emptied."""
    client = SupabaseClient(
        os.environ["FALSAFA_TEST_SUPABASE_URL"],
        os.environ["FALSAFA_TEST_SUPABASE_SERVICE_ROLE_KEY"],
    )
    for folder in ("books", "texts"):
        await SupabaseBlobStore(client, real_bucket()).delete(folder)
    yield client
    await client.aclose()


def real_bucket() -> str:
    assert _REAL_BUCKET is not None
    return _REAL_BUCKET
