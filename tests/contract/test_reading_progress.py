from datetime import timedelta

import pytest

from adapters.outbound.memory.reading_progress import MemoryReadingProgressRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.reading_progress import SqliteReadingProgressRepository
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.reading_progress import SupabaseReadingProgressRepository
from application.ports.reading_progress import ReadingProgressRepository
from domain.conversation import ReadingProgress
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import LOCAL_OWNER, BookId, OwnerId
from tests.contract.fake_clock import START

BOOK = BookId("10000000-0000-0000-0000-000000000001")
OTHER_BOOK = BookId("10000000-0000-0000-0000-000000000002")
SOMEONE_ELSE = OwnerId("00000000-0000-0000-0000-000000000002")


def at(offset: int, *, user_id: OwnerId = LOCAL_OWNER, book_id: BookId = BOOK) -> ReadingProgress:
    return ReadingProgress(user_id, book_id, Frontier(offset), START + timedelta(seconds=1))


class ReadingProgressContract:
    @pytest.fixture
    def progress(self) -> ReadingProgressRepository:
        raise NotImplementedError

    async def test_who_has_not_begun_has_no_progress(
        self, progress: ReadingProgressRepository
    ) -> None:
        assert await progress.get(LOCAL_OWNER, BOOK) is None

    @pytest.mark.parametrize("offset", [0, 1200, WHOLE_BOOK.offset])
    async def test_progress_comes_back_as_it_was_put(
        self, progress: ReadingProgressRepository, offset: int
    ) -> None:
        await progress.put(at(offset))
        assert await progress.get(LOCAL_OWNER, BOOK) == at(offset)

    async def test_a_reader_may_go_back(self, progress: ReadingProgressRepository) -> None:
        await progress.put(at(500))
        await progress.put(at(100))
        assert await progress.get(LOCAL_OWNER, BOOK) == at(100)

    async def test_readers_and_books_do_not_mix(self, progress: ReadingProgressRepository) -> None:
        places = [at(1), at(2, user_id=SOMEONE_ELSE), at(3, book_id=OTHER_BOOK)]
        for place in places:
            await progress.put(place)
        for place in places:
            assert await progress.get(place.user_id, place.book_id) == place

    async def test_progress_in_a_deleted_book_is_forgotten(
        self, progress: ReadingProgressRepository
    ) -> None:
        for place in (at(1), at(2, user_id=SOMEONE_ELSE), at(3, book_id=OTHER_BOOK)):
            await progress.put(place)
        await progress.delete_of_book(BOOK)
        assert await progress.get(LOCAL_OWNER, BOOK) is None
        assert await progress.get(SOMEONE_ELSE, BOOK) is None
        assert await progress.get(LOCAL_OWNER, OTHER_BOOK) == at(3, book_id=OTHER_BOOK)


class TestMemoryReadingProgress(ReadingProgressContract):
    @pytest.fixture
    def progress(self) -> ReadingProgressRepository:
        return MemoryReadingProgressRepository()


class TestSqliteReadingProgress(ReadingProgressContract):
    @pytest.fixture
    def progress(self, database: Database) -> ReadingProgressRepository:
        return SqliteReadingProgressRepository(database)

    async def test_a_killed_process_loses_nothing(
        self, progress: ReadingProgressRepository, second_database: Database
    ) -> None:
        await progress.put(at(500))
        reopened = SqliteReadingProgressRepository(second_database)
        assert await reopened.get(LOCAL_OWNER, BOOK) == at(500)


class TestSupabaseReadingProgress(ReadingProgressContract):
    @pytest.fixture
    def progress(self, supabase: SupabaseClient) -> ReadingProgressRepository:
        return SupabaseReadingProgressRepository(supabase)
