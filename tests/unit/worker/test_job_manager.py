import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from adapters.inbound.worker.job_manager import JobManager
from adapters.outbound.memory.jobs import MemoryJobQueue
from adapters.outbound.memory.metrics import MemoryMetrics
from application.ingest_book import IngestBook, Report
from domain.errors import BookNotFound, BrokenFile, LeaseLost, StoreUnavailable
from domain.ids import BookId, JobId
from domain.job import Job, JobError, JobLease, JobProgress, JobState, Phase

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class ScriptedIngest(IngestBook):
    """Does what a test says, and remembers what became of its jobs."""

    def __init__(self, script: Callable[[JobLease, Report], Awaitable[None]]) -> None:
        self._script = script
        self.running = 0
        self.most_at_once = 0
        self.failures: list[JobError] = []
        self.cancellations: list[JobId] = []

    async def run(self, lease: JobLease, report: Report) -> None:
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            await self._script(lease, report)
        finally:
            self.running -= 1

    async def failed(self, job: Job, error: JobError) -> None:
        self.failures.append(error)

    async def cancelled(self, job: Job) -> None:
        self.cancellations.append(job.id)


def manager(
    jobs: MemoryJobQueue,
    ingest: IngestBook,
    *,
    workers: int = 1,
    heartbeat: float = 0.001,
    lease: float = 30.0,
) -> JobManager:
    return JobManager(
        jobs=jobs,
        ingest_book=ingest,
        metrics=MemoryMetrics(),
        worker_id="here",
        max_workers=workers,
        heartbeat_seconds=heartbeat,
        lease_seconds=lease,
    )


async def queue_with(count: int) -> MemoryJobQueue:
    jobs = MemoryJobQueue(jitter=lambda: 0.0)
    for number in range(count):
        await jobs.enqueue(Job(JobId(f"j{number}"), BookId(f"b{number}"), NOW, NOW))
    return jobs


@asynccontextmanager
async def running(worker: JobManager) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run())
    await asyncio.sleep(0)  # a task that is cancelled before its first step never runs
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def ended(jobs: MemoryJobQueue, job_id: str = "j0") -> Job:
    async for job in jobs.watch(JobId(job_id)):
        last = job
    return last


async def nothing(lease: JobLease, report: Report) -> None:
    await report(JobProgress(Phase.PARSE, 1.0))


async def for_ever(lease: JobLease, report: Report) -> None:
    await asyncio.Event().wait()


async def test_jobs_are_worked_off_until_none_is_left() -> None:
    jobs = await queue_with(5)

    await manager(jobs, ScriptedIngest(nothing), workers=2).drain()

    assert {job.state for job in jobs.jobs} == {JobState.COMPLETED}


async def test_racing_claims_never_pass_the_limit() -> None:
    jobs = await queue_with(40)
    ingest = ScriptedIngest(for_ever)
    worker = manager(jobs, ingest, workers=3, heartbeat=60)

    claimed = await asyncio.gather(*(worker.claim_one() for _ in range(40)))
    await asyncio.sleep(0)

    assert sum(claimed) == 3
    assert worker.running == ingest.most_at_once == 3
    async with running(worker):
        pass


async def test_a_job_added_while_idle_is_taken_up() -> None:
    jobs = await queue_with(0)

    async with running(manager(jobs, ScriptedIngest(nothing))):
        await jobs.enqueue(Job(JobId("j0"), BookId("b0"), NOW, NOW))
        job = await ended(jobs)

    assert job.state is JobState.COMPLETED


async def test_a_full_worker_takes_the_next_job_when_a_slot_is_free() -> None:
    jobs = await queue_with(3)

    async with running(manager(jobs, ScriptedIngest(nothing))):
        job = await ended(jobs, "j2")

    assert job.state is JobState.COMPLETED


async def test_wrong_input_fails_the_job_at_once_and_is_told_to_the_book() -> None:
    async def broken(lease: JobLease, report: Report) -> None:
        raise BrokenFile("The file is damaged.")

    jobs, ingest = await queue_with(1), ScriptedIngest(broken)

    async with running(manager(jobs, ingest)):
        job = await ended(jobs)

    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert ingest.failures == [JobError("broken_file", "The file is damaged.")]


async def test_the_book_is_told_before_the_job_is_seen_to_have_failed() -> None:
    seen: list[JobState] = []

    class Watching(ScriptedIngest):
        async def failed(self, job: Job, error: JobError) -> None:
            seen.append((await jobs.get(job.id)).state)

    async def broken(lease: JobLease, report: Report) -> None:
        raise BrokenFile("The file is damaged.")

    jobs = await queue_with(1)

    await manager(jobs, Watching(broken)).drain()

    assert seen == [JobState.RUNNING]
    assert jobs.jobs[0].state is JobState.FAILED


async def test_a_job_that_was_asked_to_stop_is_not_tried_again() -> None:
    async def away(lease: JobLease, report: Report) -> None:
        await jobs.cancel(lease.job.id)
        raise StoreUnavailable("The disk is full.")

    jobs, ingest = await queue_with(1), ScriptedIngest(away)

    await manager(jobs, ingest, heartbeat=60).drain()

    assert jobs.jobs[0].state is JobState.CANCELLED
    assert ingest.cancellations == ["j0"]


async def test_what_may_pass_is_put_back_for_another_attempt() -> None:
    async def away(lease: JobLease, report: Report) -> None:
        raise StoreUnavailable("The disk is full.")

    jobs, ingest = await queue_with(1), ScriptedIngest(away)

    await manager(jobs, ingest).drain()

    (job,) = jobs.jobs
    assert job.state is JobState.QUEUED
    assert ingest.failures == []


async def test_a_bug_is_no_silent_end() -> None:
    async def bug(lease: JobLease, report: Report) -> None:
        raise ZeroDivisionError

    jobs = await queue_with(1)

    await manager(jobs, ScriptedIngest(bug)).drain()

    (job,) = jobs.jobs
    assert job.state is JobState.QUEUED
    assert job.error is not None
    assert job.error.code == "internal_error"


async def test_a_job_whose_worker_dies_every_time_is_given_up() -> None:
    jobs, ingest = MemoryJobQueue(lease_seconds=0.0, jitter=lambda: 0.0), ScriptedIngest(nothing)
    await jobs.enqueue(Job(JobId("j0"), BookId("b0"), NOW, NOW))
    for _ in range(3):
        assert await jobs.claim("a worker that dies")

    await manager(jobs, ingest).drain()

    (job,) = jobs.jobs
    assert job.state is JobState.FAILED
    assert [error.code for error in ingest.failures] == ["worker_crashed"]
    assert ingest.most_at_once == 0


async def test_a_cancelled_job_is_stopped_and_cleared_up() -> None:
    jobs, ingest = await queue_with(1), ScriptedIngest(for_ever)

    async with running(manager(jobs, ingest)):
        async for job in jobs.watch(JobId("j0")):
            if job.state is JobState.RUNNING and not job.cancel_requested:
                await jobs.cancel(job.id)

    assert job.state is JobState.CANCELLED
    assert ingest.cancellations == ["j0"]
    assert ingest.running == 0


async def test_a_book_deleted_under_the_job_ends_it() -> None:
    async def gone(lease: JobLease, report: Report) -> None:
        raise BookNotFound("There is no such book.")

    jobs, ingest = await queue_with(1), ScriptedIngest(gone)

    async with running(manager(jobs, ingest)):
        job = await ended(jobs)

    assert job.state is JobState.FAILED
    assert ingest.failures == []


async def test_a_worker_that_stops_gives_its_job_back_uncounted() -> None:
    jobs, ingest = await queue_with(1), ScriptedIngest(for_ever)
    worker = manager(jobs, ingest)
    assert await worker.claim_one()
    await asyncio.sleep(0)

    async with running(worker):
        pass

    (job,) = jobs.jobs
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert ingest.running == 0


async def test_a_worker_that_stops_clears_up_a_job_that_was_to_be_cancelled() -> None:
    jobs, ingest = await queue_with(1), ScriptedIngest(for_ever)
    worker = manager(jobs, ingest, heartbeat=60)
    assert await worker.claim_one()
    await asyncio.sleep(0)
    await jobs.cancel(JobId("j0"))

    async with running(worker):
        pass

    assert jobs.jobs[0].state is JobState.CANCELLED
    assert ingest.cancellations == ["j0"]


async def test_a_worker_whose_lease_is_lost_stops_and_writes_nothing() -> None:
    class Overtaken(MemoryJobQueue):
        async def heartbeat(self, lease: JobLease) -> Job:
            raise LeaseLost("Another worker has it.")

    jobs, ingest = Overtaken(), ScriptedIngest(for_ever)
    await jobs.enqueue(Job(JobId("j0"), BookId("b0"), NOW, NOW))

    await manager(jobs, ingest).drain()

    (job,) = jobs.jobs
    assert job.state is JobState.RUNNING
    assert ingest.running == 0
    assert ingest.failures == []


async def test_a_missed_heartbeat_does_not_stop_the_work() -> None:
    beats = asyncio.Queue[None]()

    class Flickering(MemoryJobQueue):
        async def heartbeat(self, lease: JobLease) -> Job:
            beats.put_nowait(None)
            raise StoreUnavailable("Away for a moment.")

    async def until_two_beats(lease: JobLease, report: Report) -> None:
        await beats.get()
        await beats.get()

    jobs = Flickering()
    await jobs.enqueue(Job(JobId("j0"), BookId("b0"), NOW, NOW))

    await manager(jobs, ScriptedIngest(until_two_beats)).drain()

    assert jobs.jobs[0].state is JobState.COMPLETED


async def test_a_worker_that_is_cut_off_for_a_lease_s_length_stops() -> None:
    """Somebody else may have the job by then, and what is written of its content is not fenced."""

    class Away(MemoryJobQueue):
        async def heartbeat(self, lease: JobLease) -> Job:
            raise StoreUnavailable("Redis is away.")

    jobs = Away()
    await jobs.enqueue(Job(JobId("j0"), BookId("b0"), NOW, NOW))
    stopped = asyncio.Event()

    async def until_stopped(lease: JobLease, report: Report) -> None:
        try:
            await for_ever(lease, report)
        finally:
            stopped.set()

    ingest = ScriptedIngest(until_stopped)
    async with running(manager(jobs, ingest, lease=0.01)), asyncio.timeout(10):
        await stopped.wait()
    assert (await jobs.get(JobId("j0"))).state is JobState.RUNNING  # whoever claims it ends it
    assert (ingest.failures, ingest.cancellations) == ([], [])


async def test_a_heartbeat_that_breaks_stops_the_work_too() -> None:
    class Broken(MemoryJobQueue):
        async def heartbeat(self, lease: JobLease) -> Job:
            raise RuntimeError

    jobs = Broken()
    await jobs.enqueue(Job(JobId("j0"), BookId("b0"), NOW, NOW))
    stopped = asyncio.Event()

    async def until_stopped(lease: JobLease, report: Report) -> None:
        try:
            await for_ever(lease, report)
        finally:
            stopped.set()

    async with running(manager(jobs, ScriptedIngest(until_stopped))), asyncio.timeout(10):
        await stopped.wait()
