from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.outbound.files.texts import FolderTextStore
from adapters.outbound.memory.texts import MemoryTextStore
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.storage_texts import SupabaseTextStore
from application.ports.text_store import TextStore
from domain.book import ContentVersion
from domain.errors import StoreUnavailable, TextNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from domain.span import Span
from tests.contract.storage import BUCKET
from tests.stubs.supabase_storage import StorageStub

VERSION = ContentVersion(BookId("book"), 1)
TEXT = "“Now, what I want is, Facts.”\r\n\r\nTeach these boys \U0001f642 and girls e\u0301\ufeff.\n"


class TextStoreContract:
    @pytest.fixture
    def texts(self) -> TextStore:
        raise NotImplementedError

    async def test_a_text_comes_back_code_point_for_code_point(self, texts: TextStore) -> None:
        await texts.put(VERSION, TEXT)
        assert await texts.length(VERSION) == len(TEXT)
        assert await texts.slice(VERSION, Span(0, len(TEXT)), WHOLE_BOOK) == TEXT

    @settings(
        max_examples=40,
        deadline=None,
        # The store is the same for every example, and the test is inherited: both meant so.
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(
        text=st.text(st.characters(), max_size=80),
        start=st.integers(0, 90),
        length=st.integers(0, 90),
        up_to=st.integers(0, 90),
    )
    async def test_every_slice_is_what_python_slices(
        self, texts: TextStore, text: str, start: int, length: int, up_to: int
    ) -> None:
        await texts.put(VERSION, text)
        span = Span(start, start + length)
        assert await texts.slice(VERSION, span, WHOLE_BOOK) == text[start : start + length]
        read = await texts.slice(VERSION, span, Frontier(up_to))
        assert read == text[:up_to][start : start + length]

    async def test_nothing_beyond_the_frontier_is_shown(self, texts: TextStore) -> None:
        await texts.put(VERSION, TEXT)
        assert await texts.slice(VERSION, Span(4, 20), Frontier(10)) == TEXT[4:10]
        assert await texts.slice(VERSION, Span(10, 20), Frontier(10)) == ""

    async def test_a_span_is_cut_at_the_end_of_the_text(self, texts: TextStore) -> None:
        await texts.put(VERSION, TEXT)
        assert await texts.slice(VERSION, Span(5, 10_000), WHOLE_BOOK) == TEXT[5:]
        assert await texts.slice(VERSION, Span(9_000, 10_000), WHOLE_BOOK) == ""

    async def test_a_text_that_was_never_put_is_not_found(self, texts: TextStore) -> None:
        with pytest.raises(TextNotFound):
            await texts.slice(VERSION, Span(0, 1), WHOLE_BOOK)
        with pytest.raises(TextNotFound):
            await texts.length(VERSION)

    async def test_an_empty_text_is_a_text(self, texts: TextStore) -> None:
        await texts.put(VERSION, "")
        assert await texts.length(VERSION) == 0

    async def test_putting_again_replaces_the_text(self, texts: TextStore) -> None:
        await texts.put(VERSION, TEXT)
        await texts.length(VERSION)
        await texts.put(VERSION, "another")
        assert await texts.slice(VERSION, Span(0, 99), WHOLE_BOOK) == "another"

    async def test_deleting_a_version_leaves_the_others(self, texts: TextStore) -> None:
        newer = ContentVersion(VERSION.book_id, 2)
        await texts.put(VERSION, "old")
        await texts.put(newer, "new")
        await texts.length(VERSION)
        for _ in range(2):
            await texts.delete(VERSION)
        with pytest.raises(TextNotFound):
            await texts.length(VERSION)
        assert await texts.length(newer) == 3


class TestMemoryTexts(TextStoreContract):
    @pytest.fixture
    def texts(self) -> TextStore:
        return MemoryTextStore()


class TestFolderTexts(TextStoreContract):
    @pytest.fixture
    def texts(self, tmp_path: Path) -> TextStore:
        return FolderTextStore(tmp_path)

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "book" / "1.txt"

    async def test_another_process_reads_the_text(self, texts: TextStore, tmp_path: Path) -> None:
        await texts.put(VERSION, TEXT)
        assert await FolderTextStore(tmp_path).length(VERSION) == len(TEXT)

    async def test_a_text_that_another_process_replaced_is_read_anew(
        self, texts: TextStore, tmp_path: Path
    ) -> None:
        await texts.put(VERSION, TEXT)
        await texts.length(VERSION)
        await FolderTextStore(tmp_path).put(VERSION, "another")
        assert await texts.slice(VERSION, Span(0, 99), WHOLE_BOOK) == "another"

    @pytest.mark.parametrize("place", [0, 64, 65, 90, -1])
    async def test_a_flipped_bit_is_found_out(
        self, texts: TextStore, file: Path, place: int
    ) -> None:
        await texts.put(VERSION, TEXT)
        content = bytearray(file.read_bytes())
        content[place] ^= 1
        file.write_bytes(content)
        with pytest.raises(StoreUnavailable):
            await texts.slice(VERSION, Span(0, 5), WHOLE_BOOK)

    @pytest.mark.parametrize("length", [0, 10, 65, 80])
    async def test_a_file_that_was_cut_is_found_out(
        self, texts: TextStore, file: Path, length: int
    ) -> None:
        await texts.put(VERSION, TEXT)
        file.write_bytes(file.read_bytes()[:length])
        with pytest.raises(StoreUnavailable):
            await texts.length(VERSION)

    async def test_the_texts_in_memory_stay_within_bounds(
        self, texts: TextStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("adapters.outbound.files.texts._KEPT", 10)
        small = FolderTextStore(tmp_path)
        versions = [ContentVersion(VERSION.book_id, n) for n in range(1, 5)]
        for version in versions:
            await small.put(version, "six by six"[: 4 + version.number])
        for version in versions * 2:
            assert await small.length(version) == 4 + version.number


class TestSupabaseTexts(TextStoreContract):
    @pytest.fixture
    def texts(self, storage: tuple[SupabaseClient, str]) -> TextStore:
        return SupabaseTextStore(*storage)

    async def test_another_process_reads_the_text(
        self, texts: TextStore, storage: tuple[SupabaseClient, str]
    ) -> None:
        await texts.put(VERSION, TEXT)
        assert await SupabaseTextStore(*storage).length(VERSION) == len(TEXT)

    async def test_a_text_that_another_process_replaced_is_read_anew(
        self, texts: TextStore, storage: tuple[SupabaseClient, str]
    ) -> None:
        await texts.put(VERSION, TEXT)
        await texts.length(VERSION)
        elsewhere = SupabaseTextStore(*storage)
        await elsewhere.put(VERSION, "another")
        assert await texts.slice(VERSION, Span(0, 99), WHOLE_BOOK) == "another"
        await elsewhere.delete(VERSION)
        with pytest.raises(TextNotFound):
            await texts.length(VERSION)


class TestSupabaseTextObjects:
    KEY = "texts/book/1.txt"

    @pytest.fixture
    async def texts(self, stubbed_storage: SupabaseClient) -> TextStore:
        """By another process than the one that reads it."""
        await SupabaseTextStore(stubbed_storage, BUCKET).put(VERSION, TEXT)
        return SupabaseTextStore(stubbed_storage, BUCKET)

    async def test_a_text_is_fetched_once(
        self, texts: TextStore, storage_stub: StorageStub
    ) -> None:
        storage_stub.requests.clear()
        for _ in range(3):
            assert await texts.slice(VERSION, Span(0, 4), WHOLE_BOOK) == TEXT[:4]
        assert storage_stub.requests == [f"GET /object/authenticated/{BUCKET}/{self.KEY}"] * 3
        assert storage_stub.not_modified == 2

    @pytest.mark.parametrize("place", [0, 64, 65, 90, -1])
    async def test_a_flipped_bit_is_found_out(
        self, texts: TextStore, storage_stub: StorageStub, place: int
    ) -> None:
        content = bytearray(storage_stub.objects[self.KEY])
        content[place] ^= 1
        storage_stub.objects[self.KEY] = bytes(content)
        with pytest.raises(StoreUnavailable):
            await texts.slice(VERSION, Span(0, 5), WHOLE_BOOK)

    @pytest.mark.parametrize("length", [0, 10, 65, 80])
    async def test_an_object_that_was_cut_is_found_out(
        self, texts: TextStore, storage_stub: StorageStub, length: int
    ) -> None:
        storage_stub.objects[self.KEY] = storage_stub.objects[self.KEY][:length]
        with pytest.raises(StoreUnavailable):
            await texts.length(VERSION)

    async def test_the_texts_in_memory_stay_within_bounds(
        self,
        stubbed_storage: SupabaseClient,
        storage_stub: StorageStub,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("adapters.outbound.supabase.storage_texts._KEPT", 10)
        small = SupabaseTextStore(stubbed_storage, BUCKET)
        versions = [ContentVersion(VERSION.book_id, n) for n in range(1, 5)]
        for version in versions:
            await small.put(version, "six by six"[: 4 + version.number])
        for version in versions * 2:
            assert await small.length(version) == 4 + version.number
        assert storage_stub.not_modified == 0  # each had given way to the next ones
