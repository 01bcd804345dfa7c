from array import array
from collections.abc import AsyncIterator, Sequence
from math import hypot
from pathlib import Path
from random import Random

import pytest

from adapters.outbound.files.blobs import FolderBlobStore
from adapters.outbound.memory.token_vectors import MemoryTokenVectors
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.storage_blobs import SupabaseBlobStore
from adapters.outbound.token_vectors.blob_store import BlobTokenVectors
from application.blob_keys import token_blobs
from application.ports.token_vectors import UNIT, BookTokens, Levels, TokenVectorStore
from domain.book import ContentVersion
from domain.errors import StoreUnavailable
from domain.ids import BookId

VERSION = ContentVersion(BookId("book"), 1)
MODEL = "model-1"
WIDTH = 8


def levels_of(*rows: Sequence[int]) -> Levels:
    return array("b", [level for row in rows for level in [*row, *[0] * (WIDTH - len(row))]])


NORTH, EAST, NORTH_EAST, SOUTH = (0, 127), (127, 0), (90, 90), (0, -127)
PASSAGES = [levels_of(NORTH, EAST), levels_of(), levels_of(NORTH_EAST), levels_of(SOUTH)]


async def batches(passages: Sequence[Levels], size: int = 2) -> AsyncIterator[Sequence[Levels]]:
    for start in range(0, len(passages), size):
        yield passages[start : start + size]


class TokenVectorStoreContract:
    @pytest.fixture
    def store(self) -> TokenVectorStore:
        raise NotImplementedError

    async def put(
        self, store: TokenVectorStore, passages: Sequence[Levels] = PASSAGES, model: str = MODEL
    ) -> None:
        await store.put(VERSION, model, WIDTH, batches(passages))

    async def read(self, store: TokenVectorStore) -> BookTokens:
        tokens = await store.read(VERSION, MODEL, WIDTH)
        assert tokens is not None
        return tokens

    async def test_each_token_of_the_query_takes_its_best_cosine(
        self, store: TokenVectorStore
    ) -> None:
        await self.put(store)
        tokens = await self.read(store)
        found = tokens.nearest(levels_of(NORTH, EAST), [2, 0, 3])
        assert list(found) == [2, 0, 3]
        assert found[0] == pytest.approx([1, 1])
        assert found[2] == pytest.approx([0.5**0.5] * 2, abs=0.01)
        assert found[3] == pytest.approx([-1, 0])

    async def test_every_passage_has_its_place(self, store: TokenVectorStore) -> None:
        await self.put(store)
        tokens = await self.read(store)
        assert len(tokens) == len(PASSAGES)
        assert tokens.nearest(levels_of(NORTH), [1]) == {1: [0.0]}
        assert tokens.nbytes >= sum(map(len, PASSAGES))

    async def test_a_query_without_tokens_and_no_passages(self, store: TokenVectorStore) -> None:
        await self.put(store)
        tokens = await self.read(store)
        assert {p: list(best) for p, best in tokens.nearest(levels_of(), [0]).items()} == {0: []}
        assert tokens.nearest(levels_of(NORTH), []) == {}

    async def test_token_vectors_of_zeros_are_near_to_nothing(
        self, store: TokenVectorStore
    ) -> None:
        await self.put(store, [levels_of((0, 0)), levels_of(NORTH)])
        tokens = await self.read(store)
        assert tokens.nearest(levels_of((0, 0), NORTH), [0, 1]) == {
            0: [0, 0],
            1: [0, pytest.approx(1)],
        }

    async def test_many_are_what_they_would_be_by_hand(self, store: TokenVectorStore) -> None:
        random = Random(7)

        def some(tokens: int) -> Levels:
            return levels_of(*(unit() for _ in range(tokens)))

        def unit() -> list[int]:
            row = [random.gauss() for _ in range(WIDTH)]
            return [round(UNIT * x / hypot(*row)) for x in row]

        def rows(levels: Levels) -> list[Levels]:
            return [levels[n : n + WIDTH] for n in range(0, len(levels), WIDTH)]

        def cosine(a: Levels, b: Levels) -> float:
            lengths = (sum(x * x for x in a) * sum(x * x for x in b)) ** 0.5
            return sum(x * y for x, y in zip(a, b, strict=True)) / float(lengths)

        passages = [some(random.randint(1, 60)) for _ in range(40)]
        query = some(9)
        await self.put(store, passages)
        found = (await self.read(store)).nearest(query, range(40))
        for index, passage in enumerate(passages):
            best = [max(cosine(q, p) for p in rows(passage)) for q in rows(query)]
            assert found[index] == pytest.approx(best, abs=0.02)

    async def test_a_version_that_has_none_is_told(self, store: TokenVectorStore) -> None:
        assert await store.read(VERSION, MODEL, WIDTH) is None
        assert not await store.has(VERSION, MODEL)
        await self.put(store)
        assert await store.has(VERSION, MODEL)

    async def test_those_of_another_model_are_none(self, store: TokenVectorStore) -> None:
        await self.put(store, model="model-0")
        assert not await store.has(VERSION, MODEL)
        assert await store.read(VERSION, MODEL, WIDTH) is None

    async def test_putting_again_replaces_them(self, store: TokenVectorStore) -> None:
        await self.put(store, model="model-0")
        await self.put(store)
        await self.put(store, [levels_of(EAST)])
        assert not await store.has(VERSION, "model-0")
        assert len(await self.read(store)) == 1

    async def test_a_book_without_a_passage_has_them_too(self, store: TokenVectorStore) -> None:
        await self.put(store, [])
        assert await store.has(VERSION, MODEL)
        assert len(await self.read(store)) == 0

    async def test_where_making_them_fails_there_are_none(self, store: TokenVectorStore) -> None:
        async def broken() -> AsyncIterator[Sequence[Levels]]:
            yield PASSAGES
            raise StoreUnavailable("Away.")

        await self.put(store)
        with pytest.raises(StoreUnavailable, match="Away"):
            await store.put(VERSION, MODEL, WIDTH, broken())
        assert not await store.has(VERSION, MODEL)
        assert await store.read(VERSION, MODEL, WIDTH) is None

    async def test_deleting_a_version_leaves_the_others(self, store: TokenVectorStore) -> None:
        newer = ContentVersion(VERSION.book_id, 12)
        await self.put(store)
        await store.put(newer, MODEL, WIDTH, batches(PASSAGES))
        for _ in range(2):
            await store.delete(VERSION)
        assert await store.read(VERSION, MODEL, WIDTH) is None
        assert await store.has(newer, MODEL)


class TestMemoryTokenVectors(TokenVectorStoreContract):
    @pytest.fixture
    def store(self) -> TokenVectorStore:
        return MemoryTokenVectors()


class TestTokenVectorsInAFolder(TokenVectorStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> TokenVectorStore:
        return BlobTokenVectors(FolderBlobStore(tmp_path))

    @pytest.mark.parametrize("place", [0, 20, -50, -1])
    async def test_a_flipped_bit_is_found_out(
        self, store: TokenVectorStore, tmp_path: Path, place: int
    ) -> None:
        await self.put(store)
        file = tmp_path / token_blobs(VERSION) / MODEL
        content = bytearray(file.read_bytes())
        content[place] ^= 1
        file.write_bytes(content)
        with pytest.raises(StoreUnavailable, match="falsafa reindex"):
            await store.read(VERSION, MODEL, WIDTH)

    @pytest.mark.parametrize("length", [0, 10, 40, 60])
    async def test_a_file_that_was_cut_is_found_out(
        self, store: TokenVectorStore, tmp_path: Path, length: int
    ) -> None:
        await self.put(store)
        file = tmp_path / token_blobs(VERSION) / MODEL
        file.write_bytes(file.read_bytes()[:length])
        with pytest.raises(StoreUnavailable):
            await store.read(VERSION, MODEL, WIDTH)


class TestTokenVectorsInABucket(TokenVectorStoreContract):
    @pytest.fixture
    def store(self, storage: tuple[SupabaseClient, str]) -> TokenVectorStore:
        return BlobTokenVectors(SupabaseBlobStore(*storage))
