import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import Response
from fastapi.responses import JSONResponse

from adapters.outbound.files.blobs import FolderBlobStore
from adapters.outbound.memory.blobs import MemoryBlobStore
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.storage_blobs import SupabaseBlobStore
from adapters.outbound.supabase.storage_health import SupabaseStorageHealthCheck
from application.ports.blob_store import BlobStore
from application.retrying import Patience
from domain.errors import (
    FileTooLarge,
    InvalidInput,
    Misconfigured,
    StoreUnavailable,
    TextNotFound,
)
from tests.contract.storage import BUCKET
from tests.stubs.supabase_storage import StorageStub

KEY = "books/1/source/a.epub"


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def content_of(blobs: BlobStore, key: str) -> bytes:
    async with blobs.local(key) as path:
        return await asyncio.to_thread(path.read_bytes)


async def is_kept(blobs: BlobStore, key: str) -> bool:
    try:
        await content_of(blobs, key)
    except TextNotFound:
        return False
    return True


class BlobStoreContract:
    @pytest.fixture
    def blobs(self) -> BlobStore:
        raise NotImplementedError

    async def test_a_blob_comes_back_byte_for_byte(self, blobs: BlobStore) -> None:
        content = [os.urandom(100_000), b"", bytes(range(256))]
        assert await blobs.put(KEY, pieces(*content)) == 100_256
        assert await content_of(blobs, KEY) == b"".join(content)

    async def test_an_empty_blob_is_kept(self, blobs: BlobStore) -> None:
        assert await blobs.put(KEY, pieces()) == 0
        assert await content_of(blobs, KEY) == b""

    async def test_what_was_never_put_is_not_found(self, blobs: BlobStore) -> None:
        with pytest.raises(TextNotFound):
            await content_of(blobs, KEY)

    async def test_the_file_keeps_its_suffix(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, pieces(b"content"))
        async with blobs.local(KEY) as path:
            assert path.suffix == ".epub"

    async def test_putting_again_replaces_the_whole(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, pieces(b"a long first content"))
        await blobs.put(KEY, pieces(b"short"))
        assert await content_of(blobs, KEY) == b"short"

    async def test_a_source_that_breaks_off_leaves_nothing(self, blobs: BlobStore) -> None:
        with pytest.raises(ZeroDivisionError):
            await blobs.put(KEY, _breaking_off())
        assert not await is_kept(blobs, KEY)

    async def test_a_source_that_breaks_off_leaves_the_old_blob(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, pieces(b"old"))
        with pytest.raises(ZeroDivisionError):
            await blobs.put(KEY, _breaking_off())
        assert await content_of(blobs, KEY) == b"old"

    async def test_a_put_that_is_cancelled_leaves_nothing(self, blobs: BlobStore) -> None:
        begun = asyncio.Event()
        putting = asyncio.create_task(blobs.put(KEY, _stalling(begun)))
        await begun.wait()
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        assert not await is_kept(blobs, KEY)

    async def test_a_deleted_blob_is_gone(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, pieces(b"content"))
        for _ in range(2):
            await blobs.delete(KEY)
        assert not await is_kept(blobs, KEY)

    async def test_keys_are_found_by_what_they_begin_with(self, blobs: BlobStore) -> None:
        for key in ("books/1/b/deep/x.json", "books/1/a.epub", "books/10/a.epub", "books/1x"):
            await blobs.put(key, pieces(b"content"))
        assert list(await blobs.keys_under("books/1")) == [
            "books/1/a.epub",
            "books/1/b/deep/x.json",
        ]
        assert list(await blobs.keys_under("books/2")) == []

    async def test_deleting_a_prefix_takes_all_that_lies_under_it(self, blobs: BlobStore) -> None:
        under = ["books/1/source/a.epub", "books/1/output/deep/quotes.json"]
        beside = ["books/10/source/a.epub", "books/2/a.epub"]
        for key in (*under, *beside):
            await blobs.put(key, pieces(b"content"))
        await blobs.delete("books/1")
        assert [await is_kept(blobs, key) for key in under] == [False, False]
        assert [await is_kept(blobs, key) for key in beside] == [True, True]


async def _breaking_off() -> AsyncIterator[bytes]:
    yield b"the beginning"
    raise ZeroDivisionError


async def _stalling(begun: asyncio.Event) -> AsyncIterator[bytes]:
    yield b"the beginning"
    begun.set()
    await asyncio.Event().wait()


class ChecksKeys:
    """Of stores whose keys become paths."""

    @pytest.mark.parametrize(
        "key",
        ["", "../out", "a/../../out", "/etc/passwd", "a//b", "a\0b", "a\\b", ".", "é", "x" * 300],
    )
    async def test_a_key_that_could_lead_elsewhere_is_refused(
        self, blobs: BlobStore, key: str
    ) -> None:
        with pytest.raises(InvalidInput):
            await blobs.put(key, pieces(b"content"))
        with pytest.raises(InvalidInput):
            await content_of(blobs, key)
        with pytest.raises(InvalidInput):
            await blobs.delete(key)


class TestMemoryBlobs(BlobStoreContract):
    @pytest.fixture
    def blobs(self) -> BlobStore:
        return MemoryBlobStore()


class TestFolderBlobs(ChecksKeys, BlobStoreContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> BlobStore:
        return FolderBlobStore(tmp_path / "blobs")

    async def test_nothing_half_written_lies_about(self, blobs: BlobStore, tmp_path: Path) -> None:
        with pytest.raises(ZeroDivisionError):
            await blobs.put(KEY, _breaking_off())
        await blobs.put(KEY, pieces(b"content"))
        files = [path.name for path in tmp_path.rglob("*") if path.is_file()]
        assert files == ["a.epub"]

    async def test_a_folder_that_cannot_be_used_is_told(
        self, blobs: BlobStore, tmp_path: Path
    ) -> None:
        (tmp_path / "blobs").write_text("a file in the way")
        with pytest.raises(StoreUnavailable):
            await blobs.put(KEY, pieces(b"content"))


class TestSupabaseBlobs(ChecksKeys, BlobStoreContract):
    @pytest.fixture
    def blobs(self, storage: tuple[SupabaseClient, str]) -> BlobStore:
        return SupabaseBlobStore(*storage)

    async def test_every_page_of_a_long_list_is_deleted(
        self, blobs: BlobStore, storage_stub: StorageStub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("adapters.outbound.supabase.storage_bucket._PAGE", 3)
        storage_stub.most_at_once = 2
        keys = [f"books/1/output/{n}.json" for n in range(5)]
        for key in (*keys, "books/2/a.txt"):
            await blobs.put(key, pieces(b"content"))
        await blobs.delete("books/1")
        assert [await is_kept(blobs, key) for key in keys] == [False] * 5
        assert await is_kept(blobs, "books/2/a.txt")

    async def test_a_file_that_a_frontend_named_is_found(self, blobs: BlobStore) -> None:
        key = "uploads/Hard Times? (1 & 2), it's + $5 = 100.epub"
        await blobs.put(key, pieces(b"content"))
        assert await content_of(blobs, key) == b"content"
        await blobs.delete(key)
        assert not await is_kept(blobs, key)

    async def test_nothing_is_left_on_this_machine(
        self, blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        await blobs.put(KEY, pieces(b"content"))
        with pytest.raises(ZeroDivisionError):
            await blobs.put(KEY, _breaking_off())
        assert await content_of(blobs, KEY) == b"content"
        assert list(tmp_path.iterdir()) == []

    async def test_a_folder_for_temporary_files_that_cannot_be_used_is_told(
        self, blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await blobs.put(KEY, pieces(b"content"))
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
        with pytest.raises(StoreUnavailable, match="TMPDIR"):
            await blobs.put(KEY, pieces(b"other"))
        with pytest.raises(StoreUnavailable, match="TMPDIR"):
            await content_of(blobs, KEY)

    async def test_an_error_of_whoever_reads_the_file_is_their_own(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, pieces(b"content"))
        with pytest.raises(OSError, match="of the reader"):
            async with blobs.local(KEY):
                raise OSError("of the reader")


class TestSupabaseStorageAnswers:
    """What Storage may answer, as the stub is told to."""

    @pytest.fixture
    def blobs(self, stubbed_storage: SupabaseClient) -> BlobStore:
        return SupabaseBlobStore(stubbed_storage, BUCKET)

    async def test_a_source_that_breaks_off_never_reaches_the_bucket(
        self, blobs: BlobStore, storage_stub: StorageStub
    ) -> None:
        with pytest.raises(ZeroDivisionError):
            await blobs.put(KEY, _breaking_off())
        assert storage_stub.requests == []

    async def test_an_object_may_not_come_from_a_cache(
        self, blobs: BlobStore, storage_stub: StorageStub
    ) -> None:
        await blobs.put(KEY, pieces(b"content"))
        assert storage_stub.cache_controls == {"max-age=0"}

    async def test_a_bucket_that_is_missing_is_told_by_name(
        self, stubbed_storage: SupabaseClient
    ) -> None:
        blobs = SupabaseBlobStore(stubbed_storage, "another")
        with pytest.raises(Misconfigured, match="no bucket “another”"):
            await blobs.put(KEY, pieces(b"content"))
        with pytest.raises(Misconfigured, match="no bucket “another”"):
            await content_of(blobs, KEY)

    @pytest.mark.parametrize("status", [429, 500, 503, 544])
    async def test_a_server_that_fails_for_a_moment_is_asked_again(
        self,
        blobs: BlobStore,
        storage_stub: StorageStub,
        status: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        _at_once(monkeypatch)
        failed = {"statusCode": str(status), "error": "Internal", "message": "Later"}
        storage_stub.instead.append(JSONResponse(failed, status, {"retry-after": "0"}))
        await blobs.put(KEY, pieces(b"content"))
        storage_stub.instead.append(JSONResponse(failed, status, {"retry-after": "0"}))
        assert await content_of(blobs, KEY) == b"content"
        storage_stub.instead.append(JSONResponse(failed, status, {"retry-after": "0"}))
        await blobs.delete(KEY)
        assert (storage_stub.objects, list(storage_stub.instead)) == ({}, [])

    async def test_a_server_that_stays_away_is_told(
        self, blobs: BlobStore, storage_stub: StorageStub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _at_once(monkeypatch)
        for refused in (
            Response("<html>Bad Gateway</html>", 502, media_type="text/html"),
            JSONResponse({"statusCode": "500", "error": "Internal", "message": ""}, 500),
        ):
            for doing in (blobs.put(KEY, pieces(b"")), content_of(blobs, KEY), blobs.delete("b")):
                storage_stub.instead.extend([refused] * 3)
                with pytest.raises(StoreUnavailable):
                    await doing
                assert not storage_stub.instead

    async def test_a_download_that_breaks_off_is_begun_anew(
        self, blobs: BlobStore, storage_stub: StorageStub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _at_once(monkeypatch)
        await blobs.put(KEY, pieces(b"content"))
        storage_stub.instead.append(Response(b"con", headers={"content-length": "7"}))
        assert await content_of(blobs, KEY) == b"content"

    async def test_an_answer_that_cannot_be_read_is_told(
        self, blobs: BlobStore, storage_stub: StorageStub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _at_once(monkeypatch)
        storage_stub.instead.extend([Response("<html>", media_type="text/html")] * 3)
        with pytest.raises(StoreUnavailable):
            await blobs.delete("books/1")

    async def test_a_file_that_the_bucket_does_not_take_is_told(
        self, blobs: BlobStore, storage_stub: StorageStub
    ) -> None:
        storage_stub.bucket.file_size_limit = 3
        with pytest.raises(FileTooLarge):
            await blobs.put(KEY, pieces(b"four"))
        storage_stub.bucket.allowed_mime_types = ["image/png"]
        with pytest.raises(Misconfigured, match="MIME type"):
            await blobs.put(KEY, pieces(b"one"))

    async def test_a_wrong_key_is_told_and_not_shown(
        self, blobs: BlobStore, storage_stub: StorageStub
    ) -> None:
        storage_stub.key = "another"
        with pytest.raises(Misconfigured, match="SUPABASE_SERVICE_ROLE_KEY") as told:
            await content_of(blobs, KEY)
        assert "service-role-key" not in str(told.value)

    async def test_a_project_without_storage_is_told(
        self, blobs: BlobStore, storage_stub: StorageStub
    ) -> None:
        storage_stub.instead.append(Response("no route", 404))
        with pytest.raises(Misconfigured, match="SUPABASE_BUCKET"):
            await content_of(blobs, KEY)

    async def test_its_health_tells_what_to_mend(
        self, stubbed_storage: SupabaseClient, storage_stub: StorageStub
    ) -> None:
        health = await SupabaseStorageHealthCheck(stubbed_storage, BUCKET).check()
        assert (health.ok, health.detail) == (True, "Supabase Storage, bucket “falsafa”")
        missing = await SupabaseStorageHealthCheck(stubbed_storage, "another").check()
        assert (missing.ok, "no bucket “another”" in missing.detail) == (False, True)
        storage_stub.bucket.public = True
        public = await SupabaseStorageHealthCheck(stubbed_storage, BUCKET).check()
        assert "make it private" in public.detail


def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "adapters.outbound.supabase.storage_bucket._PATIENCE", Patience(3, first_pause=0.0)
    )
