from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.reading_progress import MemoryReadingProgressRepository
from application.resolve_frontier import ResolveFrontier
from application.told_books import ToldBooks
from domain.book import Book, ContentVersion
from domain.cast import Alias, Cast, Character
from domain.conversation import ReadingProgress
from domain.frontier import Frontier
from domain.ids import BookId, CharacterId, OwnerId
from domain.span import Span

READER = OwnerId("reader")
THEN = datetime(2026, 1, 1, tzinfo=UTC)
BOOK = Book(
    id=BookId("book"),
    owner_id=None,
    title="The Lamp",
    author="",
    content_hash="",
    created_at=THEN,
    updated_at=THEN,
    description="How Cora came to the harbour.",
    serving=1,
    warnings=("Ada may be two people.", "Cora may be two people."),
)
VERSION = ContentVersion(BOOK.id, 1)


def cast_of(*names: tuple[str, int]) -> Cast:
    return Cast(
        tuple(
            Character(CharacterId(name), name, (Alias(name, end),), Span(end - len(name), end))
            for name, end in names
        )
    )


class CountingCasts(MemoryCastRepository):
    read = 0

    async def whole(self, version: ContentVersion) -> Cast:
        self.read += 1
        return await super().whole(version)


class Desk:
    def __init__(self) -> None:
        self.casts = CountingCasts()
        self.progress = MemoryReadingProgressRepository()
        books = MemoryBookRepository()
        resolve = ResolveFrontier(books=books, reading_progress=self.progress)
        self.told_books = ToldBooks(
            casts=self.casts, reading_progress=self.progress, resolve_frontier=resolve
        )

    async def told_at(self, offset: int) -> Book:
        reached = ReadingProgress(READER, BOOK.id, Frontier(offset), THEN)
        await self.progress.put(reached)
        return await self.told_books.told(BOOK, READER)


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    await desk.casts.put(VERSION, cast_of(("Ada", 10), ("Cora", 90)))
    return desk


async def test_who_was_not_met_is_named_by_no_warning_and_no_description(desk: Desk) -> None:
    told = await desk.told_at(50)
    assert (told.warnings, told.description) == (("Ada may be two people.",), "")
    assert await desk.told_at(90) == BOOK


async def test_a_cast_is_read_once_for_a_reader_who_stays_where_they_are(desk: Desk) -> None:
    for _ in range(3):
        await desk.told_at(50)
    assert desk.casts.read == 1


async def test_a_cast_that_was_put_right_is_read_again(desk: Desk) -> None:
    await desk.told_at(50)
    await desk.casts.put(VERSION, cast_of(("Ada", 80), ("Cora", 90)))
    assert (await desk.told_at(50)).warnings == ()


async def test_a_book_without_such_words_needs_no_cast(desk: Desk) -> None:
    plain = replace(BOOK, warnings=(), description="")
    assert await desk.told_books.up_to(plain, Frontier(5)) is plain
    assert desk.casts.read == 0
