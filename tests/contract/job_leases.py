"""What a queue promises to workers."""

import asyncio

import pytest

from application.ports.job_queue import JobQueue
from domain.errors import JobNotFound, LeaseLost
from domain.ids import LOCAL_OWNER
from domain.job import JobProgress, JobState, Phase
from domain.job_steps import LONGEST_PAUSE
from domain.page import PageRequest
from tests.contract.fake_clock import FakeClock
from tests.contract.jobs import BROKEN, LEASE, a_job, a_lease, claimed


class JobLeaseContract:
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
