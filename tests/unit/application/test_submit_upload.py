import asyncio

import pytest

from adapters.outbound.memory.books import MemoryBookRepository
from domain.book import Book, BookStatus
from domain.errors import (
    BookNotFound,
    BrokenFile,
    Conflict,
    IdempotencyConflict,
    StoreUnavailable,
)
from domain.ids import LOCAL_OWNER, BookId, OwnerId
from domain.job import JobError, JobState
from tests.unit.application.world import SECOND_EDITION, STORY, BusyBookRepository, World, in_blocks

NAMED = BookId("named")
SOMEBODY = OwnerId("somebody")
BROKEN = JobError("broken_file", "The file is damaged.")


async def fail_next_job(world: World) -> None:
    lease = await world.lease()
    job = await world.jobs.fail(lease, BROKEN, retry=False)
    await world.ingest_book.failed(job, BROKEN)


async def test_an_upload_makes_a_book_and_queues_a_job(world: World) -> None:
    submission = await world.upload()

    book = await world.book(submission.book.id)
    assert submission.created
    assert (book.title, book.status, book.serving) == ("The Lamp", BookStatus.PENDING, 0)
    assert book.owner_id == submission.job.owner_id == LOCAL_OWNER
    assert world.blobs.blobs == {book.blob_key: STORY.encode()}
    assert world.jobs.jobs == [submission.job]
    assert world.metrics.queued == 1


async def test_racing_uploads_of_one_file_make_one_book_and_one_job() -> None:
    world = World(books=BusyBookRepository())
    submissions = await asyncio.gather(*(world.upload() for _ in range(20)))

    (book,) = world.books.books.values()
    (job,) = world.jobs.jobs
    assert {s.book.id for s in submissions} == {book.id}
    assert {s.job.id for s in submissions} == {job.id}
    assert sum(s.created for s in submissions) == 1
    assert list(world.blobs.blobs) == [book.blob_key]
    assert world.metrics.queued == 1


async def test_racing_uploads_for_one_named_book_make_one_job_of_one_file() -> None:
    world = World(books=BusyBookRepository())
    texts = [f"{STORY} Copy {number}." for number in range(20)]

    submissions = await asyncio.gather(*(world.upload(text, book_id=NAMED) for text in texts))

    book = await world.book(NAMED)
    assert [s.book for s in submissions if s.created] == [book]
    assert len(world.jobs.jobs) == 1
    assert list(world.blobs.blobs) == [book.blob_key]


async def test_the_same_file_again_is_the_same_book_and_its_last_job(world: World) -> None:
    book = await world.ingested()

    again = await world.upload()

    assert not again.created
    assert (again.book.id, again.job.state) == (book.id, JobState.COMPLETED)
    assert len(world.jobs.jobs) == len(world.blobs.blobs) == 1


async def test_another_reader_gets_a_book_of_their_own(world: World) -> None:
    mine, theirs = await world.upload(), await world.upload(owner_id=SOMEBODY)
    assert mine.book.id != theirs.book.id
    assert theirs.created


async def test_the_file_of_a_failed_book_is_run_again(world: World) -> None:
    first = await world.upload()
    await fail_next_job(world)

    again = await world.upload()

    assert again.created
    assert again.book.id == first.book.id
    assert (await world.work()).state is JobState.COMPLETED


async def test_a_job_that_failed_before_the_book_was_told_is_made_up_for(world: World) -> None:
    first = await world.upload()
    await world.jobs.fail(await world.lease(), BROKEN, retry=False)  # then the process died

    again = await world.upload()

    assert (again.created, again.book.id) == (True, first.book.id)


async def test_a_book_left_without_a_job_gets_one(world: World) -> None:
    first = await world.upload()
    await world.jobs.delete_of_book(first.book.id)  # as if the process had died before queueing

    again = await world.upload()

    assert (again.created, again.book.id) == (True, first.book.id)


class TestNamed:
    async def test_a_new_book_takes_the_name_it_is_given(self, world: World) -> None:
        assert (await world.upload(book_id=NAMED)).book.id == NAMED

    async def test_the_same_content_under_two_names_is_two_books(self, world: World) -> None:
        await world.upload(book_id=NAMED)
        await world.upload(book_id=BookId("other"))
        assert len(world.books.books) == len(world.jobs.jobs) == 2

    async def test_posted_again_while_its_job_is_active_it_is_that_job(self, world: World) -> None:
        first = await world.upload(book_id=NAMED)

        again = await world.upload(SECOND_EDITION, book_id=NAMED)

        assert not again.created
        assert again.job == first.job
        assert again.book.content_hash == first.book.content_hash
        assert list(world.blobs.blobs) == [first.book.blob_key]

    async def test_a_changed_file_takes_the_place_of_the_old(self, world: World) -> None:
        first = await world.ingested(book_id=NAMED)

        again = await world.upload(SECOND_EDITION, book_id=NAMED)

        book = await world.book(NAMED)
        assert again.created
        assert book == again.book
        assert book.content_hash != first.content_hash
        assert book.serving == 1
        assert world.blobs.blobs == {book.blob_key: SECOND_EDITION.encode()}

    async def test_a_file_for_a_book_that_was_fetched_is_no_longer_of_that_address(
        self, world: World
    ) -> None:
        await world.post_url(book_id=NAMED)
        await world.work()
        await world.upload(SECOND_EDITION, book_id=NAMED)
        assert (await world.book(NAMED)).source_url == ""

    async def test_a_book_noted_by_its_address_may_be_uploaded_instead(self, world: World) -> None:
        await world.post_url("https://library.example/gone.txt", book_id=NAMED)
        await fail_next_job(world)

        await world.upload(book_id=NAMED)

        assert (await world.work()).state is JobState.COMPLETED

    async def test_the_book_of_another_reader_is_not_overwritten(self, world: World) -> None:
        book = await world.ingested(book_id=NAMED)

        with pytest.raises(BookNotFound):
            await world.upload(SECOND_EDITION, book_id=NAMED, owner_id=SOMEBODY)

        assert await world.book(NAMED) == book
        assert list(world.blobs.blobs) == [book.blob_key]

    async def test_while_its_job_is_being_stopped_the_book_takes_no_file(
        self, world: World
    ) -> None:
        submission = await world.upload(book_id=NAMED)
        lease = await world.lease()
        await world.cancel_job.cancel(lease.job.id)

        with pytest.raises(Conflict) as refused:
            await world.upload(SECOND_EDITION, book_id=NAMED)

        assert refused.value.retry_after
        assert list(world.blobs.blobs) == [submission.book.blob_key]

    async def test_the_same_file_unnamed_waits_too_for_the_job_to_stop(self, world: World) -> None:
        await world.upload(book_id=NAMED)
        await world.cancel_job.cancel((await world.lease()).job.id)
        with pytest.raises(Conflict):
            await world.upload()
        assert len(world.blobs.blobs) == 1

    async def test_a_deleted_book_whose_job_still_runs_is_not_made_again_yet(
        self, world: World
    ) -> None:
        await world.upload(book_id=NAMED)
        lease = await world.lease()
        await world.delete_book.delete(NAMED)

        with pytest.raises(Conflict):
            await world.upload(book_id=NAMED)
        assert world.traces_of(NAMED) == {"jobs"}

        await world.ingest_book.cancelled(await world.jobs.get(lease.job.id))
        await world.jobs.cancelled(lease)
        assert (await world.upload(book_id=NAMED)).created


class TestKeys:
    async def test_a_key_that_comes_again_makes_nothing_twice(self, world: World) -> None:
        first = await world.upload(key="k")
        again = await world.upload(key="k")
        assert (again.job, again.created) == (first.job, False)
        assert len(world.jobs.jobs) == len(world.blobs.blobs) == 1

    async def test_a_repeated_request_for_a_named_book_is_no_new_run(self, world: World) -> None:
        first = await world.upload(book_id=NAMED, key="k")
        await world.work()
        again = await world.upload(book_id=NAMED, key="k")
        assert again.job.id == first.job.id
        assert len(world.jobs.jobs) == 1

    async def test_racing_requests_of_one_key_make_one_job(self, world: World) -> None:
        submissions = await asyncio.gather(
            *(world.upload(book_id=NAMED, key="k") for _ in range(20))
        )
        assert {s.job.id for s in submissions} == {world.jobs.jobs[0].id}
        assert len(world.jobs.jobs) == len(world.blobs.blobs) == 1

    async def test_a_key_with_another_file_is_a_conflict_and_keeps_nothing(
        self, world: World
    ) -> None:
        first = await world.upload(key="k")
        with pytest.raises(IdempotencyConflict):
            await world.upload(SECOND_EDITION, key="k")
        assert list(world.blobs.blobs) == [first.book.blob_key]

    async def test_a_key_with_another_book_is_a_conflict(self, world: World) -> None:
        await world.upload(book_id=NAMED, key="k")
        with pytest.raises(IdempotencyConflict):
            await world.upload(book_id=BookId("other"), key="k")
        assert len(world.books.books) == 1

    async def test_a_key_leads_to_the_job_that_answered_it(self, world: World) -> None:
        """Also where another request had made that job."""
        await world.upload()
        first = await world.upload(key="k")
        await fail_next_job(world)
        again = await world.upload(key="k")
        assert again.job.id == first.job.id
        assert len(world.jobs.jobs) == 1

    async def test_a_request_that_made_nothing_frees_its_key(self, world: World) -> None:
        await world.ingested(book_id=NAMED)
        with pytest.raises(BookNotFound):
            await world.upload(book_id=NAMED, key="k", owner_id=SOMEBODY)
        assert world.idempotency.bound == {}

    async def test_a_request_cut_off_before_its_job_is_made_up_for(self, world: World) -> None:
        first = await world.upload(key="k")
        await world.jobs.delete_of_book(first.book.id)

        again = await world.upload(key="k")

        assert again.job.id == first.job.id
        assert again.created

    async def test_a_key_whose_book_was_deleted_makes_it_again(self, world: World) -> None:
        first = await world.upload(key="k")
        lease = await world.lease()
        await world.delete_book.delete(first.book.id)  # its running job is kept, to be stopped
        await world.jobs.cancelled(lease)

        again = await world.upload(key="k")

        assert again.created
        assert again.book.id != first.book.id
        assert again.job.id != first.job.id


class TestFailure:
    async def test_a_refused_file_leaves_neither_book_nor_job_nor_blob(self, world: World) -> None:
        with pytest.raises(BrokenFile):
            await world.submit_book.from_upload(
                in_blocks(b"\xff\xff"),
                file_name="a.txt",
                media_type="",
                owner_id=LOCAL_OWNER,
                idempotency_key="k",
            )
        assert world.books.books == {}
        assert world.jobs.jobs == []
        assert world.blobs.blobs == {}
        assert world.idempotency.bound == {}

    async def test_a_book_that_cannot_be_kept_leaves_no_blob(self) -> None:
        class Full(MemoryBookRepository):
            async def add(self, book: Book, *, once_per_content: bool) -> Book:
                raise StoreUnavailable("The disk is full.")

        world = World(books=Full())
        with pytest.raises(StoreUnavailable):
            await world.upload(key="k")
        assert world.blobs.blobs == {}
        assert world.idempotency.bound == {}

    async def test_a_file_that_cannot_take_the_old_ones_place_is_dropped(self) -> None:
        class Full(MemoryBookRepository):
            async def save(self, book: Book) -> None:
                raise StoreUnavailable("The disk is full.")

        world = World(books=Full())
        first = await world.upload(book_id=NAMED)
        await world.jobs.complete(await world.lease())
        with pytest.raises(StoreUnavailable):
            await world.upload(SECOND_EDITION, book_id=NAMED)
        assert world.blobs.blobs == {first.book.blob_key: STORY.encode()}

    async def test_a_book_keeps_its_file_if_a_client_leaves_after_it_was_made(self) -> None:
        """Its row is written, and the answer to that never came."""

        class Slow(MemoryBookRepository):
            async def add(self, book: Book, *, once_per_content: bool) -> Book:
                await super().add(book, once_per_content=once_per_content)
                raise asyncio.CancelledError

        world = World(books=Slow())
        with pytest.raises(asyncio.CancelledError):
            await world.upload()
        (book,) = world.books.books.values()
        assert list(world.blobs.blobs) == [book.blob_key]
