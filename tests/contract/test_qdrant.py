"""What is Qdrant's own, over REST: names and aliases, older collections, keys, and faults."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.outbound.qdrant import vector_index
from adapters.outbound.qdrant.client import QdrantConnection
from adapters.outbound.qdrant.health import QdrantHealthCheck
from adapters.outbound.qdrant.vector_index import QdrantVectorIndex
from application.ports.vector_index import Candidate
from domain.book import ContentVersion
from domain.errors import EmbeddingMismatch, StoreUnavailable
from domain.frontier import WHOLE_BOOK, Frontier
from tests.contract.test_vector_index import (
    ANOTHER_BOOK,
    EAST,
    MODEL,
    NEXT,
    NORTH,
    VERSION,
    entry,
    vector,
)
from tests.stubs.qdrant import CreateCollection, Kept, QdrantStub, VectorParams
from tests.stubs.serving import served
from tests.stubs.steered import Fault

BOOK = VERSION.book_id


@pytest.fixture
async def stub() -> AsyncIterator[QdrantStub]:
    stub = QdrantStub()
    yield stub
    assert stub.problems == []


@pytest.fixture
async def qdrant(stub: QdrantStub) -> AsyncIterator[QdrantConnection]:
    async with served(stub) as url:
        qdrant = QdrantConnection(url)
        yield qdrant
        await qdrant.aclose()


@pytest.fixture
def index(qdrant: QdrantConnection) -> QdrantVectorIndex:
    return QdrantVectorIndex(qdrant)


@pytest.fixture
def shared(qdrant: QdrantConnection) -> QdrantVectorIndex:
    return QdrantVectorIndex(qdrant, collection="passages")


async def fill(index: QdrantVectorIndex, version: ContentVersion = VERSION) -> None:
    await index.create(version, MODEL, 2)
    await index.upsert(version, [entry(0, 0, EAST), entry(1, 1, NORTH), entry(2, 0, NORTH)])


async def found(index: QdrantVectorIndex, up_to: Frontier = WHOLE_BOOK) -> list[Candidate]:
    return await index.search(VERSION, vector(EAST), MODEL, up_to, 10)


def plain_collection() -> Kept:
    """As an older deployment made them."""
    return Kept(CreateCollection(vectors=VectorParams(size=2, distance="Cosine")))


async def test_a_point_has_the_number_of_its_chunk_and_tells_where_it_stands(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    await fill(index)
    kept = stub.collections[f"{BOOK}__1"]
    assert kept.points[1].payload == {
        "book_id": BOOK,
        "version": 1,
        "chunk_index": 1,
        "start": 100,
        "end": 200,
        "model": MODEL,
    }
    assert (kept.config.vectors.size, kept.config.vectors.distance) == (2, "Cosine")
    assert kept.indexed == {"end": "integer", "model": "keyword"}


async def test_many_vectors_are_sent_in_batches(
    index: QdrantVectorIndex, stub: QdrantStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_index, "BATCH", 2)
    await index.create(VERSION, MODEL, 2)
    stub.asked.clear()
    await index.upsert(VERSION, [entry(n, n, EAST) for n in range(5)])
    assert stub.asked.count(f"PUT /collections/{BOOK}__1/points") == 3
    assert await index.count(VERSION) == 5


async def test_a_search_is_one_request(index: QdrantVectorIndex, stub: QdrantStub) -> None:
    await fill(index)
    stub.asked.clear()
    assert [c.passage_index for c in await found(index)] == [0, 1]
    assert stub.asked == [f"POST /collections/{BOOK}__1/points/query"]


async def test_the_books_id_leads_to_the_version_that_serves(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    await fill(index)
    assert stub.aliases == {}
    await index.serve(VERSION)
    assert stub.aliases == {BOOK: f"{BOOK}__1"}
    await fill(index, NEXT)
    assert stub.aliases == {BOOK: f"{BOOK}__1"}
    await index.serve(NEXT)
    await index.delete(VERSION)
    assert stub.aliases == {BOOK: f"{BOOK}__2"}
    await index.create(NEXT, MODEL, 3)
    assert stub.aliases == {BOOK: f"{BOOK}__2"}
    await index.delete(NEXT)
    assert (stub.aliases, stub.collections) == ({}, {})


async def test_an_older_collection_stays_until_its_replacement_serves(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    stub.collections[BOOK] = plain_collection()
    await fill(index)
    assert BOOK in stub.collections
    stub.asked.clear()

    await index.serve(VERSION)

    assert stub.asked == [
        f"GET /collections/{BOOK}__1/exists",
        "POST /collections/aliases",  # refused
        "GET /collections",
        f"DELETE /collections/{BOOK}",
        # The gap: until the next request is done, nothing is found under the book's id.
        "POST /collections/aliases",
    ]
    assert stub.aliases == {BOOK: f"{BOOK}__1"}
    assert stub.collections.keys() == {f"{BOOK}__1"}


async def test_in_the_gap_our_readers_find_as_ever_and_a_repeat_closes_it(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    stub.collections[BOOK] = plain_collection()
    await fill(index)

    def fail_in_the_gap(asked: str) -> None:
        if asked == "POST /collections/aliases" and BOOK not in stub.collections:
            stub.faults.append(Fault(500))

    stub.before = fail_in_the_gap
    with pytest.raises(StoreUnavailable):
        await index.serve(VERSION)
    assert BOOK not in stub.collections
    assert stub.aliases == {}
    assert await found(index) != []

    stub.before = lambda _: None
    await index.serve(VERSION)

    assert stub.aliases == {BOOK: f"{BOOK}__1"}


async def test_an_older_collection_is_not_dropped_for_a_replacement_that_is_not_there(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    stub.collections[BOOK] = plain_collection()
    with pytest.raises(StoreUnavailable, match="Process the book again"):
        await index.serve(VERSION)
    assert BOOK in stub.collections


async def test_what_serves_goes_on_where_its_replacement_is_not_there(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    await fill(index)
    await index.serve(VERSION)
    with pytest.raises(StoreUnavailable):
        await index.serve(NEXT)
    assert stub.aliases == {BOOK: f"{BOOK}__1"}


async def test_books_share_a_collection_as_tenants(
    shared: QdrantVectorIndex, stub: QdrantStub
) -> None:
    await fill(shared)
    await fill(shared, ANOTHER_BOOK)
    await shared.serve(VERSION)
    (kept,) = stub.collections.values()
    assert kept.tenant == "book_id"
    assert kept.indexed.keys() == {"book_id", "version", "end", "model"}
    assert stub.aliases == {}
    assert await shared.count(VERSION) == await shared.count(ANOTHER_BOOK) == 3


async def test_a_shared_collection_of_another_width_is_refused_before_anything_is_lost(
    shared: QdrantVectorIndex,
) -> None:
    await fill(shared)
    with pytest.raises(EmbeddingMismatch, match="QDRANT_COLLECTION"):
        await shared.create(VERSION, "wider", 3)
    assert await shared.count(VERSION) == 3


@pytest.mark.parametrize("fault", [Fault(503), Fault(500), Fault(429), Fault(429, "0")])
async def test_a_busy_server_is_asked_again(
    index: QdrantVectorIndex, stub: QdrantStub, fault: Fault
) -> None:
    await fill(index)
    stub.faults.append(fault)
    assert [c.passage_index for c in await found(index)] == [0, 1]


async def test_where_the_answer_is_lost_the_work_is_done_once(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    await index.create(VERSION, MODEL, 2)
    stub.faults.append(Fault(502, does_it=True))
    await index.upsert(VERSION, [entry(0, 0, EAST)])
    stub.faults.append(Fault(502, does_it=True))
    await index.serve(VERSION)
    assert await index.count(VERSION) == 1
    assert stub.aliases == {BOOK: f"{BOOK}__1"}


async def test_a_collection_that_was_made_although_the_answer_was_lost_is_used(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    """The drop succeeds, the creation too, but nobody hears of it."""
    await index.create(VERSION, MODEL, 2)
    made = f"PUT /collections/{BOOK}__1"

    def lose_the_first_answer(asked: str) -> None:
        if asked == made and stub.asked.count(made) == 1:
            stub.faults.append(Fault(502, does_it=True))

    stub.asked.clear()
    stub.before = lose_the_first_answer
    await fill(index)
    assert stub.asked.count(made) == 2
    assert await index.count(VERSION) == 3


async def test_a_server_that_stays_away_is_told_of_plainly(
    index: QdrantVectorIndex, stub: QdrantStub
) -> None:
    await fill(index)
    stub.faults.extend([Fault(503)] * 3)
    with pytest.raises(StoreUnavailable, match="Try again"):
        await found(index)


async def test_where_nobody_listens_it_is_told_too(stub: QdrantStub) -> None:
    async with served(stub) as url:
        pass
    qdrant = QdrantConnection(url)
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await found(QdrantVectorIndex(qdrant))
    health = await QdrantHealthCheck(qdrant).check()
    assert (health.name, health.ok) == ("vectors", False)
    await qdrant.aclose()


async def test_a_search_waits_only_so_long(
    index: QdrantVectorIndex, stub: QdrantStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_index, "SEARCH_SECONDS", 0.01)
    stub.silent = True
    with pytest.raises(StoreUnavailable, match="took too long"):
        await found(index)


async def test_who_gives_up_is_not_held(index: QdrantVectorIndex, stub: QdrantStub) -> None:
    stub.silent = True
    search = asyncio.create_task(found(index))
    async with asyncio.timeout(30):
        while not stub.asked:
            await asyncio.sleep(0)
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search


async def test_a_wrong_key_is_told_without_the_key() -> None:
    stub = QdrantStub(api_key="right-key")
    async with served(stub) as url:
        qdrant = QdrantConnection(url, api_key="wrong-key")
        with pytest.raises(StoreUnavailable, match="QDRANT_API_KEY") as caught:
            await QdrantVectorIndex(qdrant).create(VERSION, MODEL, 2)
        health = await QdrantHealthCheck(qdrant).check()
        await qdrant.aclose()
    assert "wrong-key" not in str(caught.value)
    assert not health.ok
    assert "QDRANT_API_KEY" in health.detail


async def test_a_healthy_server_tells_its_version(
    qdrant: QdrantConnection, index: QdrantVectorIndex
) -> None:
    await fill(index)
    health = await QdrantHealthCheck(qdrant).check()
    assert health.ok
    assert health.detail == "Qdrant 1.15.4, collections: 1"
