"""What a queue promises to those who look at jobs, stop them and wait for them."""

import asyncio

import pytest

from application.ports.job_queue import JobQueue
from domain.errors import InvalidInput, JobNotFound, JobNotRetryable, LeaseLost
from domain.ids import LOCAL_OWNER, JobId, OwnerId
from domain.job import JobProgress, JobState, Phase
from domain.job_steps import LONGEST_PAUSE
from domain.page import PageRequest
from tests.contract.fake_clock import FakeClock
from tests.contract.jobs import BROKEN, LEASE, PATIENCE, a_job, a_lease, claimed, latest, next_of


class JobControlContract:
    @pytest.fixture
    def jobs(self, clock: FakeClock) -> JobQueue:
        raise NotImplementedError

    # Cancelling

    async def test_a_job_cancelled_in_the_queue_is_not_claimed(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        await jobs.enqueue(a_job())
        job = await jobs.cancel(a_job().id)
        assert (job.state, job.finished_at) == (JobState.CANCELLED, clock())
        assert await jobs.claim("worker") is None

    async def test_a_running_job_is_asked_to_stop(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        asked = await jobs.cancel(lease.job.id)
        assert (asked.state, asked.cancel_requested) == (JobState.RUNNING, True)
        assert (await jobs.heartbeat(lease)).cancel_requested
        await jobs.cancelled(lease)
        assert (await jobs.get(lease.job.id)).state is JobState.CANCELLED

    async def test_who_takes_over_from_a_dead_worker_learns_that_it_was_asked_to_stop(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        lease = await a_lease(jobs)
        await jobs.cancel(lease.job.id)
        await clock.advance(LEASE + 1)
        taken = await claimed(jobs, "another")
        assert taken.job.cancel_requested
        await jobs.cancelled(taken)
        assert (await jobs.get(lease.job.id)).state is JobState.CANCELLED

    async def test_a_job_that_was_asked_to_stop_is_not_tried_again(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        given_back, failed = await a_lease(jobs, 1), await a_lease(jobs, 2)
        for lease in (given_back, failed):
            await jobs.cancel(lease.job.id)
        await jobs.release(given_back)
        await jobs.fail(failed, BROKEN, retry=True)
        await clock.advance(LONGEST_PAUSE)
        assert await jobs.claim("worker") is None
        for lease in (given_back, failed):
            assert (await jobs.get(lease.job.id)).state is JobState.CANCELLED

    async def test_cancelling_a_job_that_has_ended_changes_nothing(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        await jobs.complete(lease)
        assert (await jobs.cancel(lease.job.id)).state is JobState.COMPLETED

    # Retrying

    async def test_a_failed_job_is_queued_again_with_its_done_phases(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        lease = await a_lease(jobs)
        await jobs.start_version(lease, 3)
        await jobs.finish_phase(lease, Phase.FETCH)
        await jobs.fail(lease, BROKEN, retry=False)
        job = await jobs.retry(lease.job.id)
        assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, None)
        assert (job.finished_at, job.phases_done) == (None, (Phase.FETCH,))
        again = await claimed(jobs)
        assert (again.job.version_number, again.job.attempts) == (3, 1)
        assert again.token > lease.token

    async def test_a_cancelled_job_can_be_retried(self, jobs: JobQueue) -> None:
        await jobs.enqueue(a_job())
        await jobs.cancel(a_job().id)
        assert not (await jobs.retry(a_job().id)).cancel_requested
        assert (await claimed(jobs)).job.id == a_job().id

    async def test_what_is_active_or_complete_is_not_retried(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        with pytest.raises(JobNotRetryable):
            await jobs.retry(lease.job.id)
        await jobs.complete(lease)
        with pytest.raises(JobNotRetryable):
            await jobs.retry(lease.job.id)

    async def test_a_job_is_not_retried_beside_another_of_its_book(self, jobs: JobQueue) -> None:
        await jobs.fail(await a_lease(jobs, 1), BROKEN, retry=False)
        await jobs.enqueue(a_job(2, book=1))
        with pytest.raises(JobNotRetryable):
            await jobs.retry(a_job(1).id)
        assert (await jobs.get(a_job(1).id)).state is JobState.FAILED

    # Looking

    async def test_the_latest_job_of_a_book_is_found(self, jobs: JobQueue) -> None:
        assert await jobs.latest_of(a_job().book_id) is None
        await jobs.complete(await a_lease(jobs, 1))
        assert (await latest(jobs)).state is JobState.COMPLETED
        await jobs.enqueue(a_job(2, book=1))
        assert (await latest(jobs)).id == a_job(2).id

    async def test_jobs_are_listed_newest_first_and_by_owner(self, jobs: JobQueue) -> None:
        mine, theirs = a_job(1, owner_id=LOCAL_OWNER), a_job(2, owner_id=OwnerId("them"))
        for job in (mine, theirs, a_job(3)):
            await jobs.enqueue(job)
        assert (await jobs.list(LOCAL_OWNER, PageRequest())).items == (mine,)
        everybody = await jobs.list(None, PageRequest())
        assert [j.id for j in everybody.items] == [a_job(n).id for n in (3, 2, 1)]
        assert everybody.next_cursor is None

    async def test_pages_follow_one_another_without_gap_or_repeat(self, jobs: JobQueue) -> None:
        for number in range(7):
            await jobs.enqueue(a_job(number))
        seen: list[JobId] = []
        cursor = None
        for size in (3, 3, 1):
            page = await jobs.list(None, PageRequest(limit=3, cursor=cursor))
            assert len(page.items) == size
            seen += [job.id for job in page.items]
            cursor = page.next_cursor
        assert seen == [a_job(n).id for n in range(6, -1, -1)]
        assert cursor is None

    async def test_a_cursor_we_never_gave_is_refused(self, jobs: JobQueue) -> None:
        with pytest.raises(InvalidInput):
            await jobs.list(None, PageRequest(cursor="nonsense"))

    async def test_the_jobs_of_a_deleted_book_are_gone(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs, 1)
        await jobs.enqueue(a_job(2))
        await jobs.delete_of_book(lease.job.book_id)
        with pytest.raises(JobNotFound):
            await jobs.get(lease.job.id)
        with pytest.raises(LeaseLost):
            await jobs.heartbeat(lease)
        assert (await jobs.get(a_job(2).id)).state is JobState.QUEUED

    # Waiting and watching

    async def test_waiting_ends_at_once_if_there_is_a_job(self, jobs: JobQueue) -> None:
        await jobs.enqueue(a_job())
        async with asyncio.timeout(PATIENCE):
            await jobs.wait(PATIENCE * 10)

    async def test_waiting_ends_when_a_job_comes(self, jobs: JobQueue) -> None:
        async with asyncio.timeout(PATIENCE):
            waiting = asyncio.create_task(jobs.wait(PATIENCE * 10))
            await asyncio.sleep(0)
            assert not waiting.done()
            await jobs.enqueue(a_job())
            await waiting

    async def test_waiting_ends_when_a_job_is_given_back(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        async with asyncio.timeout(PATIENCE):
            waiting = asyncio.create_task(jobs.wait(PATIENCE * 10))
            await asyncio.sleep(0)
            await jobs.release(lease)
            await waiting

    async def test_waiting_ends_when_its_time_is_over(self, jobs: JobQueue) -> None:
        await a_lease(jobs)  # running: nothing to claim
        async with asyncio.timeout(PATIENCE):
            await jobs.wait(0.01)

    async def test_watching_an_unknown_job_finds_nothing(self, jobs: JobQueue) -> None:
        with pytest.raises(JobNotFound):
            await anext(jobs.watch(a_job().id))

    async def test_a_watcher_sees_the_job_now_then_its_changes_then_its_end(
        self, jobs: JobQueue
    ) -> None:
        await jobs.enqueue(a_job())
        watching = jobs.watch(a_job().id)
        async with asyncio.timeout(PATIENCE):
            assert (await anext(watching)).state is JobState.QUEUED
            lease = await claimed(jobs)
            assert (await anext(watching)).state is JobState.RUNNING
            await jobs.report(lease, JobProgress(Phase.PARSE, 1.0, "12 chapters"))
            assert (await anext(watching)).detail == "12 chapters"
            await jobs.complete(lease)
            assert [job.state async for job in watching] == [JobState.COMPLETED]

    async def test_a_watcher_is_woken_by_a_change(self, jobs: JobQueue) -> None:
        await jobs.enqueue(a_job())
        watching = jobs.watch(a_job().id)
        await anext(watching)
        async with asyncio.timeout(PATIENCE):
            change = asyncio.create_task(next_of(watching))
            await asyncio.sleep(0)
            await jobs.cancel(a_job().id)
            assert (await change).state is JobState.CANCELLED

    async def test_watching_an_ended_job_tells_it_once(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        await jobs.complete(lease)
        assert [job.state async for job in jobs.watch(lease.job.id)] == [JobState.COMPLETED]

    async def test_watching_ends_when_the_book_is_deleted(self, jobs: JobQueue) -> None:
        await jobs.enqueue(a_job())
        watching = jobs.watch(a_job().id)
        await anext(watching)
        await jobs.delete_of_book(a_job().book_id)
        async with asyncio.timeout(PATIENCE):
            assert [job async for job in watching] == []

    async def test_a_heartbeat_is_no_change_to_a_watcher(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        watching = jobs.watch(lease.job.id)
        await anext(watching)
        await jobs.heartbeat(lease)
        await jobs.complete(lease)
        async with asyncio.timeout(PATIENCE):
            assert (await anext(watching)).state is JobState.COMPLETED
