import pytest

from adapters.outbound.memory.keyword_index import MemoryKeywordIndex
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.keyword_index import SqliteKeywordIndex
from application.ports.keyword_index import KeywordIndex
from domain.book import ContentVersion
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from domain.passage import Passage
from domain.span import Span

VERSION = ContentVersion(BookId('a book\'s id; DROP TABLE "books"'), 1)
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

    async def test_it_stays_when_the_process_ends(
        self, index: KeywordIndex, second_database: Database
    ) -> None:
        await self.fill(index)
        assert sorted(await self.found(SqliteKeywordIndex(second_database), "lamp")) == [0, 2]
