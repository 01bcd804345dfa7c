import os
from collections.abc import AsyncIterator

import pytest

from adapters.outbound.memory.keyword_index import MemoryKeywordIndex
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.keyword_index import SqliteKeywordIndex
from adapters.outbound.typesense.client import TypesenseConnection
from adapters.outbound.typesense.keyword_index import TypesenseKeywordIndex
from application.ports.keyword_index import KeywordIndex
from domain.book import ContentVersion
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from domain.passage import Passage
from domain.span import Span
from tests.stubs.serving import served
from tests.stubs.typesense import KEY, TypesenseStub

VERSION = ContentVersion(BookId("0e1f4c1e-6d4e-4d3e-9d3c-7f7b2a1c5a01"), 1)
NEXT = ContentVersion(VERSION.book_id, 2)


def passage(index: int, text: str, context: str = "") -> Passage:
    """Told to be 100 code points long, so that frontiers are easy to count."""
    return Passage(index, Span(100 * index, 100 * index + 100), 0, text, context)


BOOK = [
    passage(0, "The lighthouse keeper polished the great lamp."),
    passage(1, "Nobody had married in the village since the storm."),
    passage(2, "A lamp, a lamp! The keeper ran down the stairs.", "Tobias Wren"),
    passage(3, "The café by the harbour was shut."),
]


class KeywordIndexContract:
    @pytest.fixture
    def index(self) -> KeywordIndex:
        raise NotImplementedError

    async def found(
        self,
        index: KeywordIndex,
        query: str,
        up_to: Frontier = WHOLE_BOOK,
        limit: int = 10,
        version: ContentVersion = VERSION,
    ) -> list[int]:
        return [c.passage_index for c in await index.search(version, query, up_to, limit)]

    async def fill(self, index: KeywordIndex, version: ContentVersion = VERSION) -> None:
        await index.create(version)
        await index.upsert(version, BOOK)

    async def test_what_was_never_indexed_has_nothing(self, index: KeywordIndex) -> None:
        assert await self.found(index, "lamp") == []
        assert await index.count(VERSION) == 0

    async def test_passages_with_any_of_the_words_are_found(self, index: KeywordIndex) -> None:
        await self.fill(index)
        assert sorted(await self.found(index, "the storm and the lamp")) == [0, 1, 2]
        assert await index.count(VERSION) == len(BOOK)

    async def test_a_passage_with_more_of_the_words_comes_first(self, index: KeywordIndex) -> None:
        await self.fill(index)
        assert await self.found(index, "stairs keeper lamp") == [2, 0]
        assert await self.found(index, "stairs keeper lamp", limit=1) == [2]

    @pytest.mark.parametrize("query", ["marries", "MARRIED", "marrying?"])
    async def test_endings_and_capitals_do_not_matter(
        self, index: KeywordIndex, query: str
    ) -> None:
        await self.fill(index)
        assert await self.found(index, query) == [1]

    @pytest.mark.parametrize("query", ["cafe", "café", "CAFÉ"])
    async def test_accents_do_not_matter(self, index: KeywordIndex, query: str) -> None:
        await self.fill(index)
        assert await self.found(index, query) == [3]

    async def test_names_in_the_context_are_found(self, index: KeywordIndex) -> None:
        await self.fill(index)
        assert await self.found(index, "What does Tobias do?") == [2]

    @pytest.mark.parametrize(
        "query", ["", "  ", "who was it that did this to her?", "?!…", "🕯️🗝️", "\x00", "---"]
    )
    async def test_a_query_without_a_searchable_word_finds_nothing(
        self, index: KeywordIndex, query: str
    ) -> None:
        await self.fill(index)
        assert await self.found(index, query) == []

    @pytest.mark.parametrize(
        "query",
        ['lamp"', '"lamp', "lamp OR", "NOT lamp", "lamp*", "text:lamp", "(lamp", "lamp^2", "-lamp"],
    )
    async def test_a_query_is_words_and_never_a_query_language(
        self, index: KeywordIndex, query: str
    ) -> None:
        await self.fill(index)
        assert sorted(await self.found(index, query)) == [0, 2]

    async def test_a_very_long_query_is_answered(self, index: KeywordIndex) -> None:
        await self.fill(index)
        query = "lamp " + " ".join(f"word{n}" for n in range(20_000))
        assert sorted(await self.found(index, query)) == [0, 2]

    async def test_a_passage_beyond_the_frontier_is_not_found(self, index: KeywordIndex) -> None:
        await self.fill(index)
        assert await self.found(index, "lamp", Frontier(299)) == [0]
        assert sorted(await self.found(index, "lamp", Frontier(300))) == [0, 2]
        assert await self.found(index, "lamp", Frontier(0)) == []

    async def test_the_same_passage_again_overwrites(self, index: KeywordIndex) -> None:
        await self.fill(index)
        await index.upsert(VERSION, [passage(0, "The keeper slept.")])
        assert await self.found(index, "lamp") == [2]
        assert await self.found(index, "slept") == [0]
        assert await index.count(VERSION) == len(BOOK)

    async def test_creating_it_again_empties_it(self, index: KeywordIndex) -> None:
        await self.fill(index)
        await index.create(VERSION)
        assert await index.count(VERSION) == 0
        assert await self.found(index, "lamp") == []

    async def test_versions_know_nothing_of_each_other(self, index: KeywordIndex) -> None:
        await self.fill(index)
        await index.create(NEXT)
        await index.upsert(NEXT, [passage(9, "Another lamp.")])
        assert await self.found(index, "lamp", version=NEXT) == [9]
        await index.delete(NEXT)
        assert await self.found(index, "lamp", version=NEXT) == []
        assert (await index.count(VERSION), await index.count(NEXT)) == (len(BOOK), 0)

    async def test_a_version_that_serves_is_searched_as_before(self, index: KeywordIndex) -> None:
        await self.fill(index)
        await index.serve(VERSION)
        await index.create(NEXT)
        await index.upsert(NEXT, [passage(9, "Another lamp.")])
        assert sorted(await self.found(index, "lamp")) == [0, 2]
        assert await self.found(index, "lamp", version=NEXT) == [9]

    async def test_taking_the_old_version_away_leaves_the_one_that_serves(
        self, index: KeywordIndex
    ) -> None:
        for version in (VERSION, NEXT):
            await self.fill(index, version)
            await index.serve(version)
            await index.serve(version)
        await index.delete(VERSION)
        assert sorted(await self.found(index, "lamp", version=NEXT)) == [0, 2]
        assert await self.found(index, "lamp") == []

    async def test_a_version_that_serves_can_be_made_anew(self, index: KeywordIndex) -> None:
        await self.fill(index)
        await index.serve(VERSION)
        await self.fill(index)
        assert sorted(await self.found(index, "lamp")) == [0, 2]

    async def test_a_question_finds_passages_that_have_only_some_of_its_words(
        self, index: KeywordIndex
    ) -> None:
        await self.fill(index)
        question = "Was it the harbour where everybody from the lighthouse got married last summer?"
        assert sorted(await self.found(index, question)) == [0, 1, 3]

    async def test_dashes_and_apostrophes_part_words(self, index: KeywordIndex) -> None:
        await index.create(VERSION)
        await index.upsert(VERSION, [passage(0, "The lamp—the keeper’s lamp—went out.")])
        assert await self.found(index, "keeper") == [0]
        assert await self.found(index, "lamp") == [0]

    async def test_more_passages_than_a_page_are_found(self, index: KeywordIndex) -> None:
        await index.create(VERSION)
        await index.upsert(VERSION, [passage(n, "The lamp.") for n in range(600)])
        assert await index.count(VERSION) == 600
        assert len(await self.found(index, "lamp", limit=251)) == 251
        assert len(set(await self.found(index, "lamp", limit=1000))) == 600

    async def test_a_passage_that_speaks_of_it_more_often_comes_first(
        self, index: KeywordIndex
    ) -> None:
        await index.create(VERSION)
        lamps = [passage(n, "A lamp stood there that night.") for n in range(20)]
        await index.upsert(VERSION, [*lamps, passage(20, "The lamp, the old lamp stood there.")])
        await index.upsert(VERSION, [passage(n, "A lamp stood there.") for n in range(21, 40)])
        assert await self.found(index, "lamp", limit=1) == [20]

    async def test_deleting_what_is_gone_does_nothing(self, index: KeywordIndex) -> None:
        await index.delete(VERSION)
        await index.delete(VERSION)


class TestMemoryKeywordIndex(KeywordIndexContract):
    @pytest.fixture
    def index(self) -> KeywordIndex:
        return MemoryKeywordIndex()


class TestSqliteKeywordIndex(KeywordIndexContract):
    @pytest.fixture
    def index(self, database: Database) -> KeywordIndex:
        return SqliteKeywordIndex(database)

    async def test_any_id_of_a_book_will_do(self, index: KeywordIndex) -> None:
        version = ContentVersion(BookId('a book\'s id; DROP TABLE "books"'), 1)
        await self.fill(index, version)
        assert sorted(await self.found(index, "lamp", version=version)) == [0, 2]

    async def test_it_stays_when_the_process_ends(
        self, index: KeywordIndex, second_database: Database
    ) -> None:
        await self.fill(index)
        assert sorted(await self.found(SqliteKeywordIndex(second_database), "lamp")) == [0, 2]


TYPESENSE_NODES = os.environ.get("FALSAFA_TEST_TYPESENSE_NODES", "")
SERVERS = ["stub", *(["server"] if TYPESENSE_NODES else [])]


class TestTypesenseKeywordIndex(KeywordIndexContract):
    @pytest.fixture(params=SERVERS)
    async def typesense(self, request: pytest.FixtureRequest) -> AsyncIterator[TypesenseConnection]:
        if request.param == "server":
            key = os.environ["FALSAFA_TEST_TYPESENSE_API_KEY"]
            typesense = TypesenseConnection(TYPESENSE_NODES.split(","), key)
            yield typesense
            await typesense.aclose()
            return
        stub = TypesenseStub()
        async with served(stub) as url:
            typesense = TypesenseConnection([url], KEY)
            yield typesense
            await typesense.aclose()
        assert stub.problems == []

    @pytest.fixture
    async def index(self, typesense: TypesenseConnection) -> AsyncIterator[KeywordIndex]:
        index = TypesenseKeywordIndex(typesense)
        yield index
        await index.delete(VERSION)
        await index.delete(NEXT)
