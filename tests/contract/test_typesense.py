"""What is TypeSense's own: nodes, names and aliases, older collections, keys, and faults."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.outbound.typesense import client, keyword_index
from adapters.outbound.typesense.client import TypesenseConnection
from adapters.outbound.typesense.health import TypesenseHealthCheck
from adapters.outbound.typesense.keyword_index import TypesenseKeywordIndex
from adapters.outbound.typesense.older import TypesenseOlderPassages
from domain.errors import StoreUnavailable
from domain.frontier import WHOLE_BOOK, Frontier
from tests.contract.test_keyword_index import BOOK as PASSAGES
from tests.contract.test_keyword_index import NEXT, VERSION, passage
from tests.stubs.serving import served
from tests.stubs.steered import Fault
from tests.stubs.typesense import KEY, CollectionIn, FieldIn, Kept, TypesenseStub

BOOK = VERSION.book_id
SEARCH = "POST /multi_search"


@pytest.fixture
async def stub() -> AsyncIterator[TypesenseStub]:
    stub = TypesenseStub()
    yield stub
    assert stub.problems == []


@pytest.fixture
async def typesense(stub: TypesenseStub) -> AsyncIterator[TypesenseConnection]:
    async with served(stub) as url:
        typesense = TypesenseConnection([url], KEY)
        yield typesense
        await typesense.aclose()


@pytest.fixture
def index(typesense: TypesenseConnection) -> TypesenseKeywordIndex:
    return TypesenseKeywordIndex(typesense)


async def fill(index: TypesenseKeywordIndex) -> None:
    await index.create(VERSION)
    await index.upsert(VERSION, PASSAGES)


async def found(
    index: TypesenseKeywordIndex, query: str, up_to: Frontier = WHOLE_BOOK, limit: int = 10
) -> list[int]:
    candidates = await index.search(VERSION, query, up_to, limit)
    return [candidate.passage_index for candidate in candidates]


def older_collection(text_field: str = "text", **documents: str) -> Kept:
    """As an older deployment made them."""
    fields = [FieldIn(name="number", type="int32"), FieldIn(name=text_field, type="string")]
    kept = Kept(CollectionIn(name=BOOK, fields=fields))
    kept.documents = {id_: {"id": id_, text_field: text} for id_, text in documents.items()}
    return kept


async def test_a_document_is_known_by_its_book_and_chunk(
    index: TypesenseKeywordIndex, stub: TypesenseStub
) -> None:
    await fill(index)
    kept = stub.collections[f"{BOOK}__1"]
    assert kept.documents.keys() == {f"{BOOK}:{n}" for n in range(len(PASSAGES))}
    assert kept.shown(kept.documents[f"{BOOK}:2"], "") == {
        "id": f"{BOOK}:2",
        "text": PASSAGES[2].text,
        "context": "Tobias Wren",
        "chunk_index": 2,
        "start": 200,
        "end": 300,
    }


async def test_many_passages_are_sent_in_batches(
    index: TypesenseKeywordIndex, stub: TypesenseStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyword_index, "BATCH", 2)
    await fill(index)
    assert stub.asked.count(f"POST /collections/{BOOK}__1/documents/import") == 2


async def test_a_search_is_one_request(index: TypesenseKeywordIndex, stub: TypesenseStub) -> None:
    await fill(index)
    stub.asked.clear()
    assert await found(index, "Who polished the lighthouse, and who was married?") != []
    assert stub.asked == [SEARCH]


async def test_a_word_that_nobody_has_is_taken_for_misspelt(index: TypesenseKeywordIndex) -> None:
    await fill(index)
    assert await found(index, "lighthose") == [0]
    assert await found(index, "lomp") == []  # too short to tell


async def test_what_has_all_words_is_found_among_many_that_have_one(
    index: TypesenseKeywordIndex,
) -> None:
    """A page holds the last of the passages; the one with both words is the first."""
    await index.create(VERSION)
    both = passage(0, "A lamp in the harbour.")
    lamps = [passage(n, "A lamp.") for n in range(1, 300)]
    harbours = [passage(n, "A harbour.") for n in range(300, 600)]
    await index.upsert(VERSION, [both, *lamps, *harbours])
    assert (await found(index, "lamp harbour"))[0] == 0


async def test_a_refused_passage_is_an_error_that_tells_nothing_of_its_text(
    index: TypesenseKeywordIndex, stub: TypesenseStub
) -> None:
    await index.create(VERSION)
    stub.collections[f"{BOOK}__1"].schema.fields.append(FieldIn(name="more", type="string"))
    with pytest.raises(StoreUnavailable, match="refused 4 of 4 passages") as caught:
        await index.upsert(VERSION, PASSAGES)
    assert "lamp" not in str(caught.value)


async def test_the_books_id_leads_to_the_version_that_serves(
    index: TypesenseKeywordIndex, stub: TypesenseStub
) -> None:
    await fill(index)
    assert stub.aliases == {}
    await index.serve(VERSION)
    assert stub.aliases == {BOOK: f"{BOOK}__1"}
    await index.create(NEXT)
    assert stub.aliases == {BOOK: f"{BOOK}__1"}
    await index.serve(NEXT)
    await index.delete(VERSION)
    assert stub.aliases == {BOOK: f"{BOOK}__2"}
    await index.create(NEXT)
    assert stub.aliases == {BOOK: f"{BOOK}__2"}
    await index.delete(NEXT)
    assert (stub.aliases, stub.collections) == ({}, {})


async def test_an_older_collection_stays_until_its_replacement_serves(
    index: TypesenseKeywordIndex, stub: TypesenseStub
) -> None:
    stub.collections[BOOK] = older_collection()
    await fill(index)
    assert BOOK in stub.collections
    stub.asked.clear()

    await index.serve(VERSION)

    assert stub.asked == [
        f"GET /collections/{BOOK}__1",
        f"GET /collections/{BOOK}",
        f"DELETE /collections/{BOOK}",
        # The gap: until the next request is done, nothing is found under the book's id.
        f"PUT /aliases/{BOOK}",
    ]
    assert stub.aliases == {BOOK: f"{BOOK}__1"}
    assert stub.collections.keys() == {f"{BOOK}__1"}


async def test_in_the_gap_our_readers_find_as_ever_and_a_repeat_closes_it(
    index: TypesenseKeywordIndex, stub: TypesenseStub
) -> None:
    stub.collections[BOOK] = older_collection()
    await fill(index)

    def fail_in_the_gap(asked: str) -> None:
        if asked == f"PUT /aliases/{BOOK}":
            stub.faults.append(Fault(500))

    stub.before = fail_in_the_gap
    with pytest.raises(StoreUnavailable):
        await index.serve(VERSION)
    assert BOOK not in stub.collections
    assert stub.aliases == {}
    assert sorted(await found(index, "lamp")) == [0, 2]

    stub.before = lambda _: None
    await index.serve(VERSION)

    assert stub.aliases == {BOOK: f"{BOOK}__1"}


async def test_an_older_collection_is_not_dropped_for_a_replacement_that_is_not_there(
    index: TypesenseKeywordIndex, stub: TypesenseStub
) -> None:
    stub.collections[BOOK] = older_collection()
    with pytest.raises(StoreUnavailable, match="Process the book again"):
        await index.serve(VERSION)
    assert BOOK in stub.collections


@pytest.mark.parametrize("field", ["text", "content", "chunk", "chunk_text"])
async def test_older_chunks_are_found_by_any_of_the_words(
    typesense: TypesenseConnection, stub: TypesenseStub, field: str
) -> None:
    stub.collections[BOOK] = older_collection(
        field, a="The lamp went out.", b="Nobody saw the keeper's lamp.", c="It rained."
    )
    older = TypesenseOlderPassages(typesense)
    question = "Who was it that saw the lamp last?"
    assert await older.passages(BOOK, question, 10) == [
        "Nobody saw the keeper's lamp.",
        "The lamp went out.",
    ]
    assert await older.passages(BOOK, question, 1) == ["Nobody saw the keeper's lamp."]
    assert await older.passages(BOOK, "?!", 10) == []


async def test_where_there_is_no_older_text_there_are_no_older_chunks(
    typesense: TypesenseConnection, stub: TypesenseStub
) -> None:
    older = TypesenseOlderPassages(typesense)
    assert await older.passages(BOOK, "lamp", 10) == []
    stub.collections[BOOK] = older_collection("summary", a="A lamp.")
    assert await older.passages(BOOK, "lamp", 10) == []


# Several nodes


async def test_a_node_that_is_down_or_unwell_is_passed_over() -> None:
    stub = TypesenseStub()
    unwell = stub.another_node()
    async with served(stub) as down:
        pass
    async with served(stub) as well, served(unwell) as unwell_url:
        typesense = TypesenseConnection([down, unwell_url, well], KEY)
        index = TypesenseKeywordIndex(typesense)
        unwell.faults.extend([Fault(503)] * 100)
        await fill(index)
        for _ in range(10):
            assert await found(index, "married") == [1]
        # It is remembered, and asked anew only now and then.
        assert 1 <= len(unwell.asked) <= 5
        health = await TypesenseHealthCheck(typesense).check()
        assert (health.ok, health.detail) == (True, "TypeSense 29.0, nodes that answer: 1 of 3")
        await typesense.aclose()
    assert stub.problems == []


async def test_a_node_that_is_back_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_NODE_RESTS", -1)
    stub = TypesenseStub()
    other = stub.another_node()
    async with served(stub) as url, served(other) as other_url:
        typesense = TypesenseConnection([url, other_url], KEY)
        index = TypesenseKeywordIndex(typesense)
        await fill(index)
        stub.faults.extend([Fault(503)] * 10)
        other.faults.extend([Fault(503)] * 10)
        with pytest.raises(StoreUnavailable):
            await found(index, "married")
        stub.faults.clear()
        assert await found(index, "married") == [1]
        await typesense.aclose()


async def test_when_every_node_is_away_it_is_told_plainly(stub: TypesenseStub) -> None:
    async with served(stub) as one, served(stub) as other:
        pass
    typesense = TypesenseConnection([one, other], KEY)
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await found(TypesenseKeywordIndex(typesense), "lamp")
    health = await TypesenseHealthCheck(typesense).check()
    assert (health.name, health.ok) == ("keywords", False)
    await typesense.aclose()


@pytest.mark.parametrize(
    ("address", "node"),
    [
        ("http://host:8108", ("http", "host", 8108, "")),
        ("host2:9108", ("http", "host2", 9108, "")),
        ("host", ("http", "host", 8108, "")),
        ("https://search.example/typesense/", ("https", "search.example", 443, "/typesense")),
    ],
)
def test_nodes_are_given_as_addresses(address: str, node: tuple[str, str, int, str]) -> None:
    (given,) = TypesenseConnection([address], KEY).nodes
    assert (given["protocol"], given["host"], given["port"], given["path"]) == node


# Faults


@pytest.mark.parametrize("fault", [Fault(503), Fault(500), Fault(429)])
async def test_a_busy_server_is_asked_again(
    index: TypesenseKeywordIndex, stub: TypesenseStub, fault: Fault
) -> None:
    await fill(index)
    stub.faults.append(fault)
    assert await found(index, "married") == [1]


async def test_where_the_answer_is_lost_the_work_is_done_once(
    index: TypesenseKeywordIndex, stub: TypesenseStub
) -> None:
    def lose_each_first_answer(asked: str) -> None:
        if stub.asked.count(asked) == 1:
            stub.faults.append(Fault(502, does_it=True))

    stub.before = lose_each_first_answer
    await fill(index)
    await index.serve(VERSION)
    assert await index.count(VERSION) == len(PASSAGES)
    assert stub.aliases == {BOOK: f"{BOOK}__1"}
    stub.asked.clear()
    await index.delete(VERSION)
    assert (stub.aliases, stub.collections) == ({}, {})


async def test_an_answer_of_another_form_is_told_of(
    index: TypesenseKeywordIndex, stub: TypesenseStub
) -> None:
    await fill(index)
    stub.faults.extend([Fault(200)] * 3)
    with pytest.raises(StoreUnavailable):
        await found(index, "lamp")


async def test_a_search_waits_only_so_long(
    index: TypesenseKeywordIndex, stub: TypesenseStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyword_index, "SEARCH_SECONDS", 0.01)
    stub.silent = True
    with pytest.raises(StoreUnavailable, match="took too long"):
        await found(index, "lamp")


async def test_who_gives_up_is_not_held(index: TypesenseKeywordIndex, stub: TypesenseStub) -> None:
    stub.silent = True
    search = asyncio.create_task(found(index, "lamp"))
    async with asyncio.timeout(30):
        while not stub.asked:
            await asyncio.sleep(0)
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search


async def test_a_wrong_key_is_told_without_the_key(stub: TypesenseStub) -> None:
    async with served(stub) as url:
        typesense = TypesenseConnection([url], "wrong-key")
        with pytest.raises(StoreUnavailable, match="TYPESENSE_API_KEY") as caught:
            await TypesenseKeywordIndex(typesense).create(VERSION)
        health = await TypesenseHealthCheck(typesense).check()
        await typesense.aclose()
    assert "wrong-key" not in str(caught.value)
    assert not health.ok
    assert "TYPESENSE_API_KEY" in health.detail
