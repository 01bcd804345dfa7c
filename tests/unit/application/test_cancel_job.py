import pytest

from domain.book import Book, BookStatus, ContentVersion
from domain.errors import JobNotFound
from domain.ids import BookId, JobId
from domain.job import Job, JobError, JobLease, JobState, Phase
from tests.unit.application.world import SECOND_EDITION, World

NAMED = BookId("named")
OLD, NEW = ContentVersion(NAMED, 1), ContentVersion(NAMED, 2)
SERVES_STILL = (BookStatus.COMPLETED, "", 1)
AWAY = JobError("store_unavailable", "The disk is full.")


async def stopped(world: World, lease: JobLease) -> Job:
    """A running job is asked to stop, and its worker does so."""
    assert (await world.cancel_job.cancel(lease.job.id)).cancel_requested
    await world.ingest_book.cancelled(await world.jobs.get(lease.job.id))
    await world.jobs.cancelled(lease)
    return await world.jobs.get(lease.job.id)


def told(book: Book) -> tuple[BookStatus, str, int]:
    return book.status, book.failure, book.serving


async def test_a_queued_job_ends_at_once_and_its_book_says_so(world: World) -> None:
    submission = await world.upload()
    job = await world.cancel_job.cancel(submission.job.id)
    assert job.state is JobState.CANCELLED
    book = await world.book(submission.book.id)
    assert told(book) == (BookStatus.FAILED, "Its job was cancelled.", 0)


@pytest.mark.parametrize("phase", Phase)
async def test_a_job_stopped_in_any_phase_leaves_nothing_of_its_version(
    world: World, phase: Phase
) -> None:
    submission = await world.upload()
    lease = await world.run_until_killed(phase)

    assert (await stopped(world, lease)).state is JobState.CANCELLED

    assert world.content_of(ContentVersion(submission.book.id, 1)) == {}
    assert (await world.book(submission.book.id)).status is BookStatus.FAILED


async def test_a_stopped_rerun_leaves_the_old_version_serving(world: World) -> None:
    await world.ingested(book_id=NAMED)
    content = world.content_of(OLD)
    await world.upload(SECOND_EDITION, book_id=NAMED)

    await stopped(world, await world.run_until_killed(Phase.INDEX))

    assert told(await world.book(NAMED)) == SERVES_STILL
    assert world.content_of(OLD) == content
    assert world.content_of(NEW) == {}


async def test_a_wish_that_comes_after_publishing_takes_nothing_away(world: World) -> None:
    await world.ingested(book_id=NAMED)
    await world.upload(SECOND_EDITION, book_id=NAMED)
    await stopped(world, await world.run_until_killed(Phase.PUBLISH, work_is_done=True))

    assert told(await world.book(NAMED)) == (BookStatus.COMPLETED, "", 2)
    assert "lantern" in await world.first_found(NAMED, "where is the lantern")
    assert world.content_of(OLD) == {}


async def test_a_job_given_back_half_done_is_cleared_up_when_cancelled(world: World) -> None:
    submission = await world.upload()
    await world.jobs.release(await world.run_until_killed(Phase.EMBED))
    await world.cancel_job.cancel(submission.job.id)
    assert world.content_of(ContentVersion(submission.book.id, 1)) == {}


async def test_clearing_up_that_was_cut_off_is_done_when_asked_again(world: World) -> None:
    submission = await world.upload()
    await world.jobs.release(await world.run_until_killed(Phase.EMBED))
    await world.jobs.cancel(submission.job.id)  # and then the process died

    await world.cancel_job.cancel(submission.job.id)

    assert world.content_of(ContentVersion(submission.book.id, 1)) == {}
    assert (await world.book(submission.book.id)).status is BookStatus.FAILED


async def test_cancelling_an_old_job_leaves_the_newer_ones_work_alone(world: World) -> None:
    first = await world.upload(book_id=NAMED)
    await world.cancel_job.cancel(first.job.id)
    await world.upload(SECOND_EDITION, book_id=NAMED)
    await world.run_until_killed(Phase.INDEX)
    content = world.content_of(OLD)
    assert content

    await world.cancel_job.cancel(first.job.id)

    assert world.content_of(OLD) == content
    assert (await world.book(NAMED)).status is BookStatus.PROCESSING


async def test_a_job_that_has_ended_stays_as_it_is(world: World) -> None:
    book = await world.ingested()
    (job,) = world.jobs.jobs
    assert await world.cancel_job.cancel(job.id) == job
    assert await world.book(book.id) == book


async def test_an_unknown_job_is_not_found(world: World) -> None:
    with pytest.raises(JobNotFound):
        await world.cancel_job.cancel(JobId("unknown"))


async def test_a_cancelled_job_that_is_retried_begins_anew(world: World) -> None:
    """What it had made was dropped, so its phases are not done any more."""
    submission = await world.upload()
    await stopped(world, await world.run_until_killed(Phase.EMBED))

    job = await world.jobs.retry(submission.job.id)
    assert (job.phases_done, job.progress, job.version_number) == ((), 0.0, 0)

    assert (await world.work()).state is JobState.COMPLETED
    assert (await world.book(submission.book.id)).serving == 1
    assert "tide" in await world.first_found(submission.book.id, "gone with the tide")
