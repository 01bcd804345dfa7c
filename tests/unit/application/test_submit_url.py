import asyncio

import pytest

from adapters.outbound.memory.books import MemoryBookRepository
from domain.book import Book, BookStatus
from domain.errors import (
    BookNotFound,
    Conflict,
    FileTooLarge,
    IdempotencyConflict,
    InvalidInput,
    SourceUnavailable,
    StoreUnavailable,
)
from domain.ids import BookId, OwnerId
from domain.job import JobState, Phase
from tests.unit.application.world import SECOND_EDITION, STORY, URL, BusyBookRepository, World

NAMED = BookId("named")


async def test_an_address_is_noted_and_its_file_fetched_by_the_job(world: World) -> None:
    submission = await world.post_url()
    assert submission.created
    assert submission.book.title == "The Lamp"
    assert submission.job.file_url == submission.book.source_url == URL
    assert world.source.fetched == []

    await world.work()

    book = await world.book(submission.book.id)
    assert (book.status, book.serving, book.file_name) == (
        BookStatus.COMPLETED,
        1,
        "The Lamp.txt",
    )
    assert world.blobs.blobs == {book.blob_key: STORY.encode()}


@pytest.mark.parametrize(
    "url", ["", "library.example/a.txt", "file:///etc/passwd", "http://[broken", "https:///a.txt"]
)
async def test_what_is_no_web_address_is_refused(world: World, url: str) -> None:
    with pytest.raises(InvalidInput):
        await world.post_url(url, key="k")
    assert world.books.books == {}
    assert world.idempotency.bound == {}


async def test_an_address_without_a_path_gives_a_title_too(world: World) -> None:
    assert (await world.post_url("https://library.example")).book.title == "book"


async def test_racing_posts_for_a_named_book_make_one_job(world: World) -> None:
    submissions = await asyncio.gather(*(world.post_url(book_id=NAMED) for _ in range(20)))
    assert {s.job.id for s in submissions} == {world.jobs.jobs[0].id}
    assert sum(s.created for s in submissions) == 1
    assert len(world.books.books) == len(world.jobs.jobs) == world.metrics.queued == 1


async def test_posted_after_its_job_the_book_is_fetched_and_run_again(world: World) -> None:
    await world.post_url(book_id=NAMED)
    await world.work()
    world.web[URL] = SECOND_EDITION.encode()

    assert (await world.post_url(book_id=NAMED)).created
    await world.work()

    book = await world.book(NAMED)
    assert book.serving == 2
    assert world.blobs.blobs == {book.blob_key: SECOND_EDITION.encode()}


async def test_a_book_fetched_from_elsewhere_has_its_new_address(world: World) -> None:
    other = "https://elsewhere.example/lamp.txt"
    world.web[other] = STORY.encode()
    await world.post_url(book_id=NAMED)
    await world.work()
    await world.post_url(other, book_id=NAMED)
    await world.work()
    assert (await world.book(NAMED)).source_url == other


async def test_a_key_that_comes_again_makes_nothing_twice(world: World) -> None:
    first = await world.post_url(key="k")
    await world.work()
    again = await world.post_url(key="k")
    assert (again.job.id, again.created) == (first.job.id, False)
    assert len(world.books.books) == len(world.jobs.jobs) == 1


async def test_racing_requests_of_one_key_make_one_book() -> None:
    world = World(books=BusyBookRepository())
    submissions = await asyncio.gather(*(world.post_url(key="k") for _ in range(20)))
    assert {s.job.id for s in submissions} == {world.jobs.jobs[0].id}
    assert len(world.books.books) == len(world.jobs.jobs) == 1


async def test_a_key_with_another_address_is_a_conflict(world: World) -> None:
    await world.post_url(key="k")
    with pytest.raises(IdempotencyConflict):
        await world.post_url("https://library.example/other.txt", key="k")
    assert len(world.books.books) == 1


async def test_while_its_job_is_being_stopped_the_book_is_not_queued(world: World) -> None:
    await world.post_url(book_id=NAMED)
    await world.cancel_job.cancel((await world.lease()).job.id)
    with pytest.raises(Conflict):
        await world.post_url(book_id=NAMED)


@pytest.mark.parametrize(
    ("content", "error"), [(None, SourceUnavailable), (b"x" * 10_001, FileTooLarge)]
)
async def test_a_file_that_cannot_be_fetched_ends_the_job_and_keeps_nothing(
    world: World, content: bytes | None, error: type[Exception]
) -> None:
    url = "https://library.example/other.txt"
    if content is not None:
        world.web[url] = content
    submission = await world.post_url(url)
    with pytest.raises(error):
        await world.run(await world.lease())
    assert world.blobs.blobs == {}
    assert world.traces_of(submission.book.id) == {"books", "jobs"}


async def test_a_fetched_file_that_its_book_cannot_be_told_of_is_not_kept() -> None:
    class Full(MemoryBookRepository):
        async def save(self, book: Book) -> None:
            if book.blob_key:
                raise StoreUnavailable("The disk is full.")
            await super().save(book)

    world = World(books=Full())
    await world.post_url()
    with pytest.raises(StoreUnavailable):
        await world.run(await world.lease())
    assert world.blobs.blobs == {}


async def test_a_fetch_that_is_killed_is_done_again(world: World) -> None:
    submission = await world.post_url()
    await world.run_until_killed(Phase.FETCH, work_is_done=True)
    await world.lease_runs_out()

    assert (await world.work()).state is JobState.COMPLETED
    assert world.source.fetched == [URL, URL]
    assert list(world.blobs.blobs) == [(await world.book(submission.book.id)).blob_key]


async def test_the_book_of_another_reader_is_not_run_again(world: World) -> None:
    book = await world.ingested(book_id=NAMED)

    with pytest.raises(BookNotFound):
        await world.submit_book.from_url(URL, owner_id=OwnerId("somebody"), book_id=NAMED)

    assert await world.book(NAMED) == book


async def test_a_chosen_id_may_have_to_be_that_of_a_book_made_elsewhere() -> None:
    class BooksMadeElsewhere(MemoryBookRepository):
        async def add(self, book: Book, *, once_per_content: bool) -> Book:
            if book.id not in self.books and not once_per_content:
                raise BookNotFound("There is no such book.")
            return await super().add(book, once_per_content=once_per_content)

    world = World(books=BooksMadeElsewhere())
    with pytest.raises(BookNotFound):
        await world.post_url(book_id=NAMED)
    assert world.jobs.jobs == []
    assert (await world.post_url()).created
