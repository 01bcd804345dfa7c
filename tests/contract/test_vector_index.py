import os
from array import array
from collections.abc import AsyncIterator

import pytest

from adapters.outbound.memory.vector_index import MemoryVectorIndex
from adapters.outbound.qdrant.client import QdrantConnection
from adapters.outbound.qdrant.vector_index import QdrantVectorIndex
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.vector_index import SqliteVectorIndex
from application.ports.embedder import Vector
from application.ports.vector_index import VectorEntry, VectorIndex
from domain.book import ContentVersion
from domain.errors import EmbeddingMismatch
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from domain.span import Span
from tests.stubs.qdrant import QdrantStub
from tests.stubs.serving import served

VERSION = ContentVersion(BookId("0e1f4c1e-6d4e-4d3e-9d3c-7f7b2a1c5a01"), 1)
NEXT = ContentVersion(VERSION.book_id, 2)
ANOTHER_BOOK = ContentVersion(BookId("5a0c9f57-4f0a-4b61-8f5e-2d1c3b4a5e02"), 1)
MODEL = "two-wide"
EAST, NORTH, NORTH_EAST = (1.0, 0.0), (0.0, 1.0), (0.6, 0.8)


def vector(direction: tuple[float, ...]) -> Vector:
    return array("f", direction)


def entry(key: int, passage: int, direction: tuple[float, ...]) -> VectorEntry:
    """Passages are 100 code points long."""
    span = Span(100 * passage, 100 * passage + 100)
    return VectorEntry(key, passage, span, vector(direction))


class VectorIndexContract:
    @pytest.fixture
    def index(self) -> VectorIndex:
        raise NotImplementedError

    async def nearest(
        self,
        index: VectorIndex,
        to: tuple[float, ...],
        up_to: Frontier = WHOLE_BOOK,
        limit: int = 10,
        version: ContentVersion = VERSION,
    ) -> list[int]:
        found = await index.search(version, vector(to), MODEL, up_to, limit)
        return [candidate.passage_index for candidate in found]

    async def test_what_was_never_indexed_has_nothing(self, index: VectorIndex) -> None:
        assert await self.nearest(index, EAST) == []
        assert await index.count(VERSION) == 0

    async def test_the_nearest_comes_first(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, NORTH), entry(1, 1, EAST)])
        await index.upsert(VERSION, [entry(2, 2, NORTH_EAST)])
        assert await self.nearest(index, EAST) == [1, 2, 0]
        assert await self.nearest(index, NORTH) == [0, 2, 1]
        assert await self.nearest(index, EAST, limit=1) == [1]
        assert await index.count(VERSION) == 3

    async def test_scores_are_cosines(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, NORTH_EAST)])
        (found,) = await index.search(VERSION, vector(NORTH), MODEL, WHOLE_BOOK, 1)
        assert found.score == pytest.approx(0.8)

    async def test_a_passage_comes_once_by_the_best_of_its_vectors(
        self, index: VectorIndex
    ) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(
            VERSION,
            [entry(0, 0, NORTH), entry(1, 1, NORTH_EAST), entry(2, 0, EAST), entry(3, 1, NORTH)],
        )
        assert await self.nearest(index, EAST) == [0, 1]

    async def test_a_passage_beyond_the_frontier_is_not_found(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, NORTH), entry(1, 1, EAST)])
        assert await self.nearest(index, EAST, Frontier(199)) == [0]
        assert await self.nearest(index, EAST, Frontier(200)) == [1, 0]
        assert await self.nearest(index, EAST, Frontier(0)) == []

    async def test_the_same_key_again_overwrites(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, EAST), entry(1, 1, NORTH_EAST)])
        assert await self.nearest(index, EAST) == [0, 1]
        await index.upsert(VERSION, [entry(0, 0, NORTH)])
        assert await self.nearest(index, EAST) == [1, 0]
        assert await index.count(VERSION) == 2

    async def test_creating_it_again_empties_it(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, EAST)])
        await index.create(VERSION, MODEL, 2)
        assert await index.count(VERSION) == 0
        assert await self.nearest(index, EAST) == []

    async def test_another_model_or_width_is_refused(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        for entries in ([], [entry(0, 0, EAST)]):
            await index.upsert(VERSION, entries)
            with pytest.raises(EmbeddingMismatch, match="indexed with two-wide"):
                await index.search(VERSION, vector(EAST), "another", WHOLE_BOOK, 10)
            with pytest.raises(EmbeddingMismatch, match=f"falsafa reindex {VERSION.book_id}"):
                await index.search(VERSION, vector((1.0, 0.0, 0.0)), MODEL, WHOLE_BOOK, 10)

    async def test_many_vectors_of_one_passage_hide_no_other(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(key, 0, EAST) for key in range(400)])
        await index.upsert(VERSION, [entry(401, 1, NORTH_EAST), entry(402, 2, NORTH)])
        assert await self.nearest(index, EAST, limit=3) == [0, 1, 2]
        assert await self.nearest(index, EAST, limit=2) == [0, 1]
        assert await index.count(VERSION) == 402

    async def test_versions_know_nothing_of_each_other(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.create(NEXT, MODEL, 2)
        await index.create(ANOTHER_BOOK, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, EAST)])
        await index.upsert(NEXT, [entry(0, 7, EAST)])
        await index.upsert(ANOTHER_BOOK, [entry(0, 9, EAST)])
        assert await self.nearest(index, EAST) == [0]
        await index.delete(VERSION)
        assert await self.nearest(index, EAST) == []
        assert await self.nearest(index, EAST, version=NEXT) == [7]
        assert (await index.count(VERSION), await index.count(NEXT)) == (0, 1)
        await index.create(NEXT, MODEL, 2)
        assert await self.nearest(index, EAST, version=ANOTHER_BOOK) == [9]

    async def test_a_version_that_serves_is_searched_as_before(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, EAST)])
        await index.serve(VERSION)
        await index.create(NEXT, MODEL, 2)
        await index.upsert(NEXT, [entry(0, 7, EAST)])
        assert await self.nearest(index, EAST) == [0]
        assert await self.nearest(index, EAST, version=NEXT) == [7]

    async def test_taking_the_old_version_away_leaves_the_one_that_serves(
        self, index: VectorIndex
    ) -> None:
        for version in (VERSION, NEXT):
            await index.create(version, MODEL, 2)
            await index.upsert(version, [entry(0, version.number, EAST)])
            await index.serve(version)
            await index.serve(version)
        await index.delete(VERSION)
        assert await self.nearest(index, EAST, version=NEXT) == [2]
        assert await self.nearest(index, EAST) == []

    async def test_a_version_that_serves_can_be_made_anew(self, index: VectorIndex) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.serve(VERSION)
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, EAST)])
        assert await self.nearest(index, EAST) == [0]

    async def test_deleting_what_is_gone_does_nothing(self, index: VectorIndex) -> None:
        await index.delete(VERSION)
        await index.delete(VERSION)


class TestMemoryVectorIndex(VectorIndexContract):
    @pytest.fixture
    def index(self) -> VectorIndex:
        return MemoryVectorIndex()


class TestSqliteVectorIndex(VectorIndexContract):
    @pytest.fixture
    def index(self, database: Database) -> VectorIndex:
        return SqliteVectorIndex(database)

    async def test_it_stays_when_the_process_ends(
        self, index: VectorIndex, second_database: Database
    ) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, EAST)])
        assert await self.nearest(SqliteVectorIndex(second_database), EAST) == [0]

    async def test_what_another_process_writes_is_seen(
        self, index: VectorIndex, second_database: Database
    ) -> None:
        await index.create(VERSION, MODEL, 2)
        await index.upsert(VERSION, [entry(0, 0, EAST)])
        assert await self.nearest(index, EAST) == [0]
        other = SqliteVectorIndex(second_database)
        await other.create(VERSION, MODEL, 2)
        await other.upsert(VERSION, [entry(0, 5, EAST)])
        assert await self.nearest(index, EAST) == [5]


IN_PROCESS = pytest.mark.filterwarnings(
    "ignore:Payload indexes have no effect", "ignore:Local mode performs exact"
)
QDRANT_SERVER = os.environ.get("FALSAFA_TEST_QDRANT_URL", "")
SERVERS = ["stub", *(["server"] if QDRANT_SERVER else [])]


class QdrantContract(VectorIndexContract):
    collection = ""

    @pytest.fixture
    def qdrant(self) -> QdrantConnection:
        raise NotImplementedError

    @pytest.fixture
    async def index(self, qdrant: QdrantConnection) -> AsyncIterator[VectorIndex]:
        index = QdrantVectorIndex(qdrant, collection=self.collection)
        yield index
        for version in (VERSION, NEXT, ANOTHER_BOOK):
            await index.delete(version)


@IN_PROCESS
class TestQdrantInProcess(QdrantContract):
    @pytest.fixture
    async def qdrant(self) -> AsyncIterator[QdrantConnection]:
        qdrant = QdrantConnection(":memory:")
        yield qdrant
        await qdrant.aclose()


class TestSharedQdrantInProcess(TestQdrantInProcess):
    collection = "passages"


class TestQdrantOverRest(QdrantContract):
    @pytest.fixture(params=SERVERS)
    async def qdrant(self, request: pytest.FixtureRequest) -> AsyncIterator[QdrantConnection]:
        if request.param == "server":
            key = os.environ.get("FALSAFA_TEST_QDRANT_API_KEY")
            qdrant = QdrantConnection(QDRANT_SERVER, api_key=key)
            yield qdrant
            await qdrant.aclose()
            return
        stub = QdrantStub(api_key="a-key")
        async with served(stub) as url:
            qdrant = QdrantConnection(url, api_key="a-key")
            yield qdrant
            await qdrant.aclose()
        assert stub.problems == []


class TestSharedQdrantOverRest(TestQdrantOverRest):
    collection = "falsafa_tests"
