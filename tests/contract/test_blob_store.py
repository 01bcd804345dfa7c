import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.outbound.files.blobs import FolderBlobStore
from adapters.outbound.memory.blobs import MemoryBlobStore
from application.ports.blob_store import BlobStore
from domain.errors import InvalidInput, StoreUnavailable, TextNotFound

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


class TestMemoryBlobs(BlobStoreContract):
    @pytest.fixture
    def blobs(self) -> BlobStore:
        return MemoryBlobStore()


class TestFolderBlobs(BlobStoreContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> BlobStore:
        return FolderBlobStore(tmp_path / "blobs")

    @pytest.mark.parametrize(
        "key",
        ["", "../out", "a/../../out", "/etc/passwd", "a//b", "a\0b", "a\\b", ".", "é", "x" * 200],
    )
    async def test_a_key_that_could_lead_elsewhere_is_refused(
        self, blobs: BlobStore, key: str, tmp_path: Path
    ) -> None:
        with pytest.raises(InvalidInput):
            await blobs.put(key, pieces(b"content"))
        with pytest.raises(InvalidInput):
            await blobs.delete(key)
        assert list(tmp_path.iterdir()) == []

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
