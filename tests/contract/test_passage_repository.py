import pytest

from adapters.outbound.memory.passages import MemoryPassageRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.passages import SqlitePassageRepository
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.passages import SupabasePassageRepository
from application.ports.passage_repository import PassageRepository
from domain.book import ContentVersion
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from domain.passage import Passage
from domain.span import Span

VERSION = ContentVersion(BookId("10000000-0000-0000-0000-000000000001"), 1)
ANOTHER = BookId("10000000-0000-0000-0000-000000000002")


def passages_of(count: int) -> list[Passage]:
    """Each 100 code points long, but for what they hold."""
    return [
        Passage(n, Span(100 * n, 100 * n + 100), n // 2, f"“Passage” {n}\n", f"Chapter {n // 2}")
        for n in range(count)
    ]


class PassageRepositoryContract:
    @pytest.fixture
    def passages(self) -> PassageRepository:
        raise NotImplementedError

    async def test_a_version_without_passages_has_none(self, passages: PassageRepository) -> None:
        assert list(await passages.all(VERSION, WHOLE_BOOK)) == []
        assert await passages.get(VERSION, [0], WHOLE_BOOK) == {}
        assert await passages.count(VERSION) == 0

    async def test_passages_come_back_in_reading_order(self, passages: PassageRepository) -> None:
        await passages.put(VERSION, passages_of(12)[::-1])
        assert list(await passages.all(VERSION, WHOLE_BOOK)) == passages_of(12)
        assert await passages.count(VERSION) == 12

    async def test_wanted_passages_come_by_index(self, passages: PassageRepository) -> None:
        kept = passages_of(5)
        await passages.put(VERSION, kept)
        wanted = await passages.get(VERSION, [4, 1, 1, 99], WHOLE_BOOK)
        assert wanted == {1: kept[1], 4: kept[4]}
        assert await passages.get(VERSION, [], WHOLE_BOOK) == {}

    async def test_many_passages_come_at_once(self, passages: PassageRepository) -> None:
        await passages.put(VERSION, passages_of(3000))
        assert len(await passages.get(VERSION, range(3000), WHOLE_BOOK)) == 3000

    async def test_a_passage_is_visible_from_its_last_code_point(
        self, passages: PassageRepository
    ) -> None:
        await passages.put(VERSION, passages_of(3))
        for offset, visible in ((0, 0), (99, 0), (100, 1), (199, 1), (300, 3)):
            up_to = Frontier(offset)
            assert len(await passages.all(VERSION, up_to)) == visible
            assert len(await passages.get(VERSION, [0, 1, 2], up_to)) == visible

    async def test_passages_are_replaced_as_a_whole(self, passages: PassageRepository) -> None:
        await passages.put(VERSION, passages_of(9))
        await passages.put(VERSION, passages_of(2))
        assert list(await passages.all(VERSION, WHOLE_BOOK)) == passages_of(2)
        await passages.put(VERSION, [])
        assert await passages.count(VERSION) == 0

    async def test_deleting_a_version_leaves_the_others(self, passages: PassageRepository) -> None:
        others = [ContentVersion(VERSION.book_id, 2), ContentVersion(ANOTHER, 1)]
        for version in (VERSION, *others):
            await passages.put(version, passages_of(2))
        for _ in range(2):
            await passages.delete(VERSION)
        assert await passages.count(VERSION) == 0
        for other in others:
            assert await passages.count(other) == 2


class TestMemoryPassages(PassageRepositoryContract):
    @pytest.fixture
    def passages(self) -> PassageRepository:
        return MemoryPassageRepository()


class TestSqlitePassages(PassageRepositoryContract):
    @pytest.fixture
    def passages(self, database: Database) -> PassageRepository:
        return SqlitePassageRepository(database)

    async def test_a_killed_process_loses_nothing(
        self, passages: PassageRepository, second_database: Database
    ) -> None:
        await passages.put(VERSION, passages_of(3))
        reopened = SqlitePassageRepository(second_database)
        assert list(await reopened.all(VERSION, WHOLE_BOOK)) == passages_of(3)


class TestSupabasePassages(PassageRepositoryContract):
    @pytest.fixture
    def passages(self, supabase: SupabaseClient) -> PassageRepository:
        return SupabasePassageRepository(supabase)

    async def test_passages_that_another_process_replaced_are_read_anew(
        self, passages: PassageRepository, supabase: SupabaseClient
    ) -> None:
        await passages.put(VERSION, passages_of(3))
        await passages.all(VERSION, WHOLE_BOOK)
        await SupabasePassageRepository(supabase).put(VERSION, passages_of(2))
        assert list(await passages.all(VERSION, WHOLE_BOOK)) == passages_of(2)
