import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.outbound.memory.jobs import MemoryJobQueue
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.jobs import SqliteJobQueue
from application.ports.job_queue import JobQueue
from domain.errors import InvalidInput, JobNotFound, JobNotRetryable, LeaseLost
from domain.ids import LOCAL_OWNER, BookId, JobId, OwnerId
from domain.job import Job, JobError, JobLease, JobProgress, JobState, Phase
from domain.job_steps import LONGEST_PAUSE
from domain.page import PageRequest
from tests.contract.fake_clock import START, FakeClock

LEASE = 30.0  # seconds
PATIENCE = 10.0  # seconds until a test that hangs fails
BROKEN = JobError("broken_file", "The file is broken.")


def a_job(number: int = 1, book: int | None = None, owner_id: OwnerId | None = None) -> Job:
    made = START - timedelta(seconds=60 - number)
    return Job(
        id=JobId(f"20000000-0000-0000-0000-{number:012}"),
        book_id=BookId(f"10000000-0000-0000-0000-{number if book is None else book:012}"),
        created_at=made,
        updated_at=made,
        owner_id=owner_id,
        file_url="https://example.org/book.epub",
    )


async def a_lease(jobs: JobQueue, number: int = 1) -> JobLease:
    await jobs.enqueue(a_job(number))
    return await claimed(jobs)


async def claimed(jobs: JobQueue, worker_id: str = "worker") -> JobLease:
    lease = await jobs.claim(worker_id)
    assert lease is not None
    return lease


class JobQueueContract:
    """The fixture's queue has leases of `LEASE` seconds, and its time is that of `clock`."""

    @pytest.fixture
    def jobs(self, clock: FakeClock) -> JobQueue:
        raise NotImplementedError

    # Enqueueing

    async def test_a_job_is_queued_as_it_is(self, jobs: JobQueue) -> None:
        job = a_job(owner_id=LOCAL_OWNER)
        assert await jobs.enqueue(job) == job
        assert await jobs.get(job.id) == job

    async def test_a_book_with_an_active_job_gets_no_second_one(self, jobs: JobQueue) -> None:
        first = await jobs.enqueue(a_job(1, book=7))
        assert await jobs.enqueue(a_job(2, book=7)) == first
        running = (await claimed(jobs)).job
        assert await jobs.enqueue(a_job(3, book=7)) == running
        with pytest.raises(JobNotFound):
            await jobs.get(a_job(3).id)

    async def test_a_book_whose_job_has_ended_is_run_again(self, jobs: JobQueue) -> None:
        await jobs.complete(await a_lease(jobs, 1))
        again = a_job(2, book=1)
        assert await jobs.enqueue(again) == again

    async def test_the_same_job_again_is_the_one_that_is_there(self, jobs: JobQueue) -> None:
        await jobs.complete(await a_lease(jobs))
        assert (await jobs.enqueue(a_job())).state is JobState.COMPLETED
        assert await jobs.claim("worker") is None

    async def test_of_many_that_enqueue_one_book_at_once_one_makes_the_job(
        self, jobs: JobQueue
    ) -> None:
        made = await asyncio.gather(*(jobs.enqueue(a_job(n, book=7)) for n in range(20)))
        assert len({job.id for job in made}) == 1
        assert len((await jobs.list(None, PageRequest())).items) == 1

    async def test_an_unknown_job_is_not_found(self, jobs: JobQueue) -> None:
        for missing in (jobs.get, jobs.cancel, jobs.retry):
            with pytest.raises(JobNotFound):
                await missing(a_job().id)

    # Claiming

    async def test_an_empty_queue_gives_no_lease(self, jobs: JobQueue) -> None:
        assert await jobs.claim("worker") is None

    async def test_a_claim_makes_the_job_run(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        assert lease.worker_id == "worker"
        assert (lease.job.state, lease.job.attempts) == (JobState.RUNNING, 1)
        assert await jobs.get(lease.job.id) == lease.job

    async def test_jobs_are_claimed_in_the_order_they_came(self, jobs: JobQueue) -> None:
        for number in (1, 2, 3):
            await jobs.enqueue(a_job(number))
        order = [(await claimed(jobs)).job.id for _ in range(3)]
        assert order == [a_job(n).id for n in (1, 2, 3)]

    async def test_of_many_workers_one_gets_the_job(self, jobs: JobQueue) -> None:
        await jobs.enqueue(a_job())
        leases = await asyncio.gather(*(jobs.claim(f"worker {n}") for n in range(20)))
        assert sum(lease is not None for lease in leases) == 1

    async def test_many_workers_share_out_the_jobs(self, jobs: JobQueue) -> None:
        for number in range(8):
            await jobs.enqueue(a_job(number))
        leases = await asyncio.gather(*(jobs.claim(f"worker {n}") for n in range(20)))
        given = [lease.job.id for lease in leases if lease]
        assert (len(given), len(set(given))) == (8, 8)

    async def test_a_running_job_is_not_claimed_while_its_lease_holds(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        await a_lease(jobs)
        await clock.advance(LEASE - 1)
        assert await jobs.claim("another") is None

    # Leases

    async def test_a_lease_that_ran_out_is_given_to_another_with_a_higher_token(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        lost = await a_lease(jobs)
        await clock.advance(LEASE + 1)
        taken = await claimed(jobs, "another")
        assert (taken.job.id, taken.job.attempts) == (lost.job.id, 2)
        assert taken.token > lost.token

    async def test_a_heartbeat_renews_the_lease(self, jobs: JobQueue, clock: FakeClock) -> None:
        lease = await a_lease(jobs)
        for _ in range(3):
            await clock.advance(LEASE - 1)
            assert (await jobs.heartbeat(lease)).state is JobState.RUNNING
        assert await jobs.claim("another") is None

    async def test_a_late_heartbeat_keeps_a_lease_that_nobody_took(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        lease = await a_lease(jobs)
        await clock.advance(LEASE + 1)
        await jobs.heartbeat(lease)
        assert await jobs.claim("another") is None

    async def test_whoever_lost_the_lease_can_write_nothing(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        lost = await a_lease(jobs)
        await clock.advance(LEASE + 1)
        taken = await claimed(jobs, "another")
        for writing in (
            jobs.heartbeat(lost),
            jobs.start_version(lost, 9),
            jobs.report(lost, JobProgress(Phase.EMBED, 0.5)),
            jobs.finish_phase(lost, Phase.PARSE),
            jobs.complete(lost),
            jobs.fail(lost, BROKEN, retry=True),
            jobs.cancelled(lost),
        ):
            with pytest.raises(LeaseLost):
                await writing
        await jobs.release(lost)
        assert await jobs.get(taken.job.id) == taken.job
        await jobs.complete(taken)

    async def test_a_lease_ends_with_its_job(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        await jobs.complete(lease)
        with pytest.raises(LeaseLost):
            await jobs.complete(lease)

    async def test_a_job_that_killed_every_worker_is_leased_once_more_to_be_failed(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        await jobs.enqueue(a_job())
        for attempt in range(1, a_job().max_attempts + 1):
            lease = await claimed(jobs)
            assert (lease.job.attempts, lease.exhausted) == (attempt, False)
            await clock.advance(LEASE + 1)
        last = await claimed(jobs)
        assert (last.job.attempts, last.exhausted) == (a_job().max_attempts, True)
        with pytest.raises(LeaseLost):
            await jobs.heartbeat(lease)
        assert (await jobs.fail(last, BROKEN, retry=False)).state is JobState.FAILED
        assert await jobs.claim("worker") is None

    async def test_an_exhausted_job_stays_exhausted_until_someone_fails_it(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        await jobs.enqueue(a_job())
        for _ in range(a_job().max_attempts + 1):
            await claimed(jobs)
            await clock.advance(LEASE + 1)
        assert (await claimed(jobs)).exhausted

    # Work

    async def test_the_version_is_fixed_by_the_first_who_says_it(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        lease = await a_lease(jobs)
        assert (await jobs.start_version(lease, 4)).version_number == 4
        assert (await jobs.start_version(lease, 5)).version_number == 4
        await clock.advance(LEASE + 1)
        assert (await claimed(jobs)).job.version_number == 4

    async def test_progress_is_told(self, jobs: JobQueue, clock: FakeClock) -> None:
        lease = await a_lease(jobs)
        await clock.advance(5)
        progress = JobProgress(Phase.EMBED, 0.5, "1,204 of 3,010 passages")
        await jobs.report(lease, progress)
        job = await jobs.get(lease.job.id)
        assert (job.phase, job.detail) == (Phase.EMBED, "1,204 of 3,010 passages")
        assert job.progress == pytest.approx(progress.overall)
        assert job.updated_at == clock()

    async def test_progress_never_runs_backwards(self, jobs: JobQueue) -> None:
        lease = await a_lease(jobs)
        await jobs.report(lease, JobProgress(Phase.EMBED, 0.5))
        await jobs.report(lease, JobProgress(Phase.PARSE, 0.5))
        job = await jobs.get(lease.job.id)
        assert job.phase is Phase.PARSE
        assert job.progress == pytest.approx(JobProgress(Phase.EMBED, 0.5).overall)

    async def test_done_phases_are_kept_for_whoever_resumes(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        lease = await a_lease(jobs)
        for phase in (Phase.FETCH, Phase.PARSE, Phase.PARSE):
            job = await jobs.finish_phase(lease, phase)
        assert job.phases_done == (Phase.FETCH, Phase.PARSE)
        await clock.advance(LEASE + 1)
        assert (await claimed(jobs)).job.phases_done == (Phase.FETCH, Phase.PARSE)

    async def test_a_completed_job_is_whole_and_never_claimed_again(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        lease = await a_lease(jobs)
        await clock.advance(5)
        await jobs.complete(lease)
        job = await jobs.get(lease.job.id)
        assert (job.state, job.progress, job.finished_at) == (JobState.COMPLETED, 1.0, clock())
        await clock.advance(LEASE * 10)
        assert await jobs.claim("worker") is None

    # Failing

    async def test_a_failed_try_comes_back_after_a_pause(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        job = await jobs.fail(await a_lease(jobs), BROKEN, retry=True)
        assert (job.state, job.error, job.attempts) == (JobState.QUEUED, BROKEN, 1)
        assert await jobs.claim("worker") is None
        await clock.advance(LONGEST_PAUSE)
        again = await claimed(jobs)
        assert (again.job.attempts, again.job.error) == (2, None)

    async def test_a_job_in_its_pause_does_not_hold_up_the_others(self, jobs: JobQueue) -> None:
        await jobs.fail(await a_lease(jobs, 1), BROKEN, retry=True)
        await jobs.enqueue(a_job(2))
        assert (await claimed(jobs)).job.id == a_job(2).id

    async def test_the_last_attempt_fails_the_job(self, jobs: JobQueue, clock: FakeClock) -> None:
        await jobs.enqueue(a_job())
        for _ in range(a_job().max_attempts):
            job = await jobs.fail(await claimed(jobs), BROKEN, retry=True)
            await clock.advance(LONGEST_PAUSE)
        assert (job.state, job.error) == (JobState.FAILED, BROKEN)
        assert await jobs.claim("worker") is None

    async def test_what_cannot_get_better_fails_at_once(
        self, jobs: JobQueue, clock: FakeClock
    ) -> None:
        job = await jobs.fail(await a_lease(jobs), BROKEN, retry=False)
        assert (job.state, job.error, job.finished_at) == (JobState.FAILED, BROKEN, clock())
        assert await jobs.get(job.id) == job

    async def test_a_released_job_is_claimable_at_once_and_its_attempt_not_counted(
        self, jobs: JobQueue
    ) -> None:
        lease = await a_lease(jobs)
        await jobs.finish_phase(lease, Phase.FETCH)
        await jobs.release(lease)
        again = await claimed(jobs, "another")
        assert (again.job.attempts, again.job.phases_done) == (1, (Phase.FETCH,))
        assert again.token > lease.token
        with pytest.raises(LeaseLost):
            await jobs.heartbeat(lease)

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
        assert (await _latest(jobs)).state is JobState.COMPLETED
        await jobs.enqueue(a_job(2, book=1))
        assert (await _latest(jobs)).id == a_job(2).id

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
            change = asyncio.create_task(_next(watching))
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


async def _latest(jobs: JobQueue) -> Job:
    job = await jobs.latest_of(a_job().book_id)
    assert job is not None
    return job


async def _next(watching: AsyncIterator[Job]) -> Job:
    return await anext(watching)


class TestMemoryJobs(JobQueueContract):
    @pytest.fixture
    def jobs(self, clock: FakeClock) -> JobQueue:
        return MemoryJobQueue(clock=clock, lease_seconds=LEASE)


class TestSqliteJobs(JobQueueContract):
    @pytest.fixture
    def jobs(self, database: Database, clock: FakeClock) -> JobQueue:
        return SqliteJobQueue(database, clock=clock, lease_seconds=LEASE)

    @pytest.fixture
    def elsewhere(self, second_database: Database, clock: FakeClock) -> JobQueue:
        """The queue in another process."""
        return SqliteJobQueue(second_database, clock=clock, lease_seconds=LEASE)

    async def test_a_killed_process_loses_no_job(
        self, jobs: JobQueue, elsewhere: JobQueue, clock: FakeClock
    ) -> None:
        lease = await a_lease(jobs)
        await jobs.finish_phase(lease, Phase.FETCH)
        waiting = await jobs.enqueue(a_job(2))
        assert await elsewhere.get(waiting.id) == waiting
        await clock.advance(LEASE + 1)
        resumed = await claimed(elsewhere)
        assert (resumed.job.id, resumed.job.phases_done) == (lease.job.id, (Phase.FETCH,))
        with pytest.raises(LeaseLost):
            await jobs.complete(lease)

    async def test_two_processes_do_not_claim_one_job(
        self, jobs: JobQueue, elsewhere: JobQueue
    ) -> None:
        for number in range(10):
            await jobs.enqueue(a_job(number))
        leases = await asyncio.gather(
            *(queue.claim("worker") for _ in range(10) for queue in (jobs, elsewhere))
        )
        given = [lease.job.id for lease in leases if lease]
        assert (len(given), len(set(given))) == (10, 10)

    async def test_two_processes_do_not_make_two_jobs_of_one_book(
        self, jobs: JobQueue, elsewhere: JobQueue
    ) -> None:
        made = await asyncio.gather(
            *(
                queue.enqueue(a_job(n + 10 * place, book=7))
                for n in range(10)
                for place, queue in enumerate((jobs, elsewhere))
            )
        )
        assert len({job.id for job in made}) == 1

    async def test_a_worker_in_another_process_is_woken(
        self, jobs: JobQueue, elsewhere: JobQueue
    ) -> None:
        async with asyncio.timeout(PATIENCE):
            waiting = asyncio.create_task(elsewhere.wait(PATIENCE * 10))
            await asyncio.sleep(0)
            await jobs.enqueue(a_job())
            await waiting

    async def test_a_watcher_in_another_process_sees_the_change(
        self, jobs: JobQueue, elsewhere: JobQueue
    ) -> None:
        await jobs.enqueue(a_job())
        watching = elsewhere.watch(a_job().id)
        async with asyncio.timeout(PATIENCE):
            assert (await anext(watching)).state is JobState.QUEUED
            await jobs.cancel(a_job().id)
            assert [job.state async for job in watching] == [JobState.CANCELLED]

    async def test_a_job_with_every_field_comes_back_whole(self, jobs: JobQueue) -> None:
        job = replace(
            a_job(owner_id=LOCAL_OWNER),
            version_number=2,
            phase=Phase.CAST,
            progress=0.25,
            detail="“half”",
            phases_done=(Phase.FETCH, Phase.PARSE),
            attempts=1,
            max_attempts=5,
            error=BROKEN,
            finished_at=START,
        )
        await jobs.enqueue(job)
        assert await jobs.get(job.id) == job
