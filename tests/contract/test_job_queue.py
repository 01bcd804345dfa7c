import asyncio
from dataclasses import replace

import pytest

from adapters.outbound.memory.jobs import MemoryJobQueue
from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.jobs import RedisJobQueue
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.jobs import SqliteJobQueue
from application.ports.job_queue import JobQueue
from domain.errors import LeaseLost
from domain.ids import LOCAL_OWNER
from domain.job import JobProgress, JobState, Phase
from tests.contract.fake_clock import START, FakeClock
from tests.contract.job_control import JobControlContract
from tests.contract.job_leases import JobLeaseContract
from tests.contract.jobs import BROKEN, LEASE, PATIENCE, a_job, a_lease, claimed
from tests.contract.redis_clock import RedisClock


class JobQueueContract(JobLeaseContract, JobControlContract):
    """The fixture's queue has leases of `LEASE` seconds, and its time is that of `clock`."""


class DurableJobQueueContract(JobQueueContract):
    """Of queues that outlive their process; `elsewhere` is the queue in another process."""

    @pytest.fixture
    def elsewhere(self, clock: FakeClock) -> JobQueue:
        raise NotImplementedError

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

    async def test_what_a_worker_writes_does_not_undo_what_another_process_asked(
        self, jobs: JobQueue, elsewhere: JobQueue
    ) -> None:
        lease = await a_lease(jobs)
        await jobs.report(lease, JobProgress(Phase.PARSE, 0.5))
        await elsewhere.cancel(lease.job.id)
        await jobs.report(lease, JobProgress(Phase.PARSE, 1.0, "12 chapters"))
        job = await elsewhere.get(lease.job.id)
        assert (job.cancel_requested, job.detail) == (True, "12 chapters")
        assert (await jobs.heartbeat(lease)).cancel_requested

    async def test_changes_of_many_processes_at_once_are_all_kept(
        self, jobs: JobQueue, elsewhere: JobQueue
    ) -> None:
        leases = [await a_lease(jobs, number) for number in range(8)]
        await asyncio.gather(
            *(jobs.finish_phase(lease, phase) for lease in leases for phase in Phase),
            *(elsewhere.cancel(lease.job.id) for lease in leases),
        )
        for lease in leases:
            job = await elsewhere.get(lease.job.id)
            assert (set(job.phases_done), job.cancel_requested) == (set(Phase), True)

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


class TestMemoryJobs(JobQueueContract):
    @pytest.fixture
    def jobs(self, clock: FakeClock) -> JobQueue:
        return MemoryJobQueue(clock=clock, lease_seconds=LEASE)


class TestSqliteJobs(DurableJobQueueContract):
    @pytest.fixture
    def jobs(self, database: Database, clock: FakeClock) -> JobQueue:
        return SqliteJobQueue(database, clock=clock, lease_seconds=LEASE)

    @pytest.fixture
    def elsewhere(self, second_database: Database, clock: FakeClock) -> JobQueue:
        return SqliteJobQueue(second_database, clock=clock, lease_seconds=LEASE)


class TestRedisJobs(DurableJobQueueContract):
    @pytest.fixture
    def clock(self, redis: RedisClient) -> FakeClock:
        return RedisClock(redis)

    @pytest.fixture
    def jobs(self, redis: RedisClient, clock: FakeClock) -> JobQueue:
        return RedisJobQueue(redis, clock=clock, lease_seconds=LEASE)

    @pytest.fixture
    def elsewhere(self, second_redis: RedisClient, clock: FakeClock) -> JobQueue:
        return RedisJobQueue(second_redis, clock=clock, lease_seconds=LEASE)
