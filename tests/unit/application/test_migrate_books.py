from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.jobs import MemoryJobQueue
from adapters.outbound.memory.metrics import MemoryMetrics
from application.migrate_books import MigrateBooks
from application.ports.clock import new_uuid
from domain.book import Book, BookStatus
from domain.ids import BookId, OwnerId

THEN = datetime(2026, 1, 1, tzinfo=UTC)
OLD = Book(
    id=BookId("10000000-0000-0000-0000-000000000001"),
    owner_id=OwnerId("20000000-0000-0000-0000-000000000001"),
    title="Hard Times",
    author="Charles Dickens",
    content_hash="",
    created_at=THEN,
    updated_at=THEN,
    blob_key="uploads/hard-times.epub",
    status=BookStatus.COMPLETED,
    older=True,
)


class Library:
    def __init__(self) -> None:
        self.books = MemoryBookRepository()
        self.jobs = MemoryJobQueue()
        self.migrate = MigrateBooks(
            books=self.books,
            jobs=self.jobs,
            metrics=MemoryMetrics(),
            clock=lambda: THEN,
            new_id=new_uuid,
        )

    async def holds(self, *books: Book) -> None:
        for book in books:
            await self.books.add(book, once_per_content=False)


@pytest.fixture
def library() -> Library:
    return Library()


async def test_only_books_that_nothing_of_ours_serves_wait(library: Library) -> None:
    served = replace(OLD, id=BookId("10000000-0000-0000-0000-000000000002"), serving=1)
    ours = replace(OLD, id=BookId("10000000-0000-0000-0000-000000000003"), older=False)
    await library.holds(OLD, served, ours)
    assert [book async for book in library.migrate.waiting()] == [OLD]


async def test_a_book_is_queued_to_be_read_from_its_file(library: Library) -> None:
    await library.holds(OLD)
    migration = await library.migrate.migrate(OLD)
    assert migration.job is not None
    queued = await library.jobs.get(migration.job.id)
    assert (queued.book_id, queued.owner_id, queued.file_url) == (OLD.id, OLD.owner_id, "")


async def test_a_book_that_came_from_an_address_is_fetched_again(library: Library) -> None:
    linked = replace(OLD, blob_key="", source_url="https://books.example/hard-times.epub")
    await library.holds(linked)
    migration = await library.migrate.migrate(linked)
    assert migration.job is not None
    assert migration.job.file_url == linked.source_url


async def test_asked_twice_it_is_queued_once(library: Library) -> None:
    await library.holds(OLD)
    first, second = await library.migrate.migrate(OLD), await library.migrate.migrate(OLD)
    assert first.job == second.job


async def test_a_book_without_a_file_is_told_of_and_not_queued(library: Library) -> None:
    lost = replace(OLD, blob_key="")
    await library.holds(lost)
    assert (await library.migrate.migrate(lost)).job is None
    assert await library.jobs.latest_of(lost.id) is None
