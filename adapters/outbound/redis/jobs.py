"""The durable queue of jobs, in Redis.

A job is a record; its element waits in the list `processing_queue`. A worker that waits takes an
element into a second list, where a crash leaves it for others to find, and leases the job in one
script; a lease that nobody renews makes the job claimable again. What a step makes of a job is
reckoned here, and saved if the record is still the one it was reckoned from.
"""

import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.job_record import Record
from adapters.outbound.redis.job_store import JobStore, Refusal
from application.ports.clock import Clock, NewId, new_uuid, utc_now
from domain import job_steps
from domain.cursor import read_place, write_cursor
from domain.errors import JobNotFound, JobNotRetryable, LeaseLost
from domain.ids import BookId, JobId, OwnerId
from domain.job import LEASE_SECONDS, Job, JobError, JobLease, JobProgress, JobState, Phase
from domain.page import Page, PageRequest

QUEUE = "processing_queue"


class RedisJobQueue:
    """`clock` gives the times that jobs tell, Redis's own clock those of leases and pauses;
    `jitter` numbers in 0..1 for the pauses between attempts. `queue` is the name of the list,
    with which all other keys begin."""

    def __init__(
        self,
        client: RedisClient,
        *,
        lease_seconds: float = LEASE_SECONDS,
        clock: Clock = utc_now,
        jitter: Callable[[], float] = random.random,
        new_id: NewId = new_uuid,
        queue: str = QUEUE,
    ) -> None:
        self._store = JobStore(client, queue, lease_seconds)
        self._notices = client.notices
        self._clock = clock
        self._jitter = jitter
        self._new_id = new_id
        self._taken: deque[bytes] = deque()  # by `wait`, for the next `claim`
        self._held: dict[JobId, Record] = {}  # jobs leased here, as last seen: spares a reading

    async def enqueue(self, job: Job) -> Job:
        there = await self._store.enqueue(job)
        return there.job if there else job

    async def claim(self, worker_id: str) -> JobLease | None:
        taken = self._taken.popleft() if self._taken else b""
        claim = await self._store.claim(
            worker_id, self._clock(), taken=taken, spare_id=self._new_id()
        )
        if claim is None:
            return None
        self._held[claim.lease.job.id] = claim.record
        return claim.lease

    async def wait(self, timeout: float) -> None:
        if self._taken:
            return
        due = await self._store.next_due()
        seconds = timeout if due is None else min(timeout, due)
        if seconds <= 0:
            return
        if element := await self._store.take(seconds):
            self._taken.append(element)

    async def heartbeat(self, lease: JobLease) -> Job:
        record = await self._store.renew(lease.job.id, lease.token)
        if record is None:
            raise self._lost(lease)
        self._held[lease.job.id] = record
        return record.job

    async def start_version(self, lease: JobLease, number: int) -> Job:
        def start(job: Job) -> Job:
            if job.version_number:
                return job
            return replace(job, version_number=number, updated_at=self._clock())

        return await self._change(lease, start)

    async def report(self, lease: JobLease, progress: JobProgress) -> None:
        await self._change(lease, lambda job: job_steps.progressed(job, progress, self._clock()))

    async def finish_phase(self, lease: JobLease, phase: Phase) -> Job:
        return await self._change(
            lease, lambda job: job_steps.phase_finished(job, phase, self._clock())
        )

    async def complete(self, lease: JobLease) -> None:
        await self._change(lease, lambda job: job_steps.completed(job, self._clock()))

    async def fail(self, lease: JobLease, error: JobError, *, retry: bool) -> Job:
        return await self._change(
            lease, lambda job: job_steps.failed(job, error, self._clock(), retry=retry)
        )

    async def release(self, lease: JobLease) -> None:
        try:
            await self._change(lease, lambda job: job_steps.released(job, self._clock()))
        except LeaseLost:
            return  # another worker has it: nothing to give back

    async def cancelled(self, lease: JobLease) -> None:
        await self._change(lease, lambda job: job_steps.cancelled(job, self._clock()))

    async def cancel(self, job_id: JobId) -> Job:
        return await self._alter(job_id, lambda job: job_steps.cancel_asked(job, self._clock()))

    async def retry(self, job_id: JobId) -> Job:
        return await self._alter(job_id, lambda job: job_steps.retried(job, self._clock()))

    async def get(self, job_id: JobId) -> Job:
        return (await self._record(job_id)).job

    async def latest_of(self, book_id: BookId) -> Job | None:
        newest = await self._store.list(f"book:{book_id}", None, 1)
        return newest[0].job if newest else None

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Job]:
        before = read_place(page.cursor) if page.cursor else None
        which = "jobs" if owner_id is None else f"owner:{owner_id}"
        records = await self._store.list(which, before, page.limit + 1)
        more = len(records) > page.limit
        return Page(
            items=tuple(record.job for record in records[: page.limit]),
            next_cursor=write_cursor(str(records[page.limit - 1].place)) if more else None,
        )

    async def watch(self, job_id: JobId) -> AsyncIterator[Job]:
        with self._notices.listening(self._store.channel(job_id)) as bell:
            ring = bell.next_ring
            seen = await self.get(job_id)
            yield seen
            while seen.state.is_active:
                await ring.wait()
                ring = bell.next_ring
                record = await self._store.read(job_id)
                if record is None:
                    return  # deleted with its book
                if record.job != seen:
                    seen = record.job
                    yield seen

    async def delete_of_book(self, book_id: BookId) -> None:
        await self._store.forget_book(book_id)

    async def _change(self, lease: JobLease, step: Callable[[Job], Job]) -> Job:
        """Save what a step makes of a job that this lease holds."""
        seen = self._held.get(lease.job.id) or await self._store.read(lease.job.id)
        if seen is None:
            raise self._lost(lease)
        saved = await self._saved(seen, step, lease.token)
        if isinstance(saved, Refusal):
            raise self._lost(lease)
        if saved.job.state is JobState.RUNNING:
            self._held[saved.job.id] = saved
        else:
            self._held.pop(saved.job.id, None)
        return saved.job

    async def _alter(self, job_id: JobId, step: Callable[[Job], Job]) -> Job:
        """Save what a step makes of a job, whoever holds it."""
        saved = await self._saved(await self._record(job_id), step, None)
        if saved is Refusal.BUSY:
            raise JobNotRetryable("Another job of this book is queued or running.")
        if isinstance(saved, Refusal):
            raise _not_found(job_id)
        return saved.job

    async def _saved(
        self, seen: Record, step: Callable[[Job], Job], token: int | None
    ) -> Record | Refusal:
        """Again and again, from what others have made of it meanwhile."""
        while True:
            job = step(seen.job)
            if job is seen.job and token is None:
                return seen
            saved = await self._store.save(seen, job, token=token, pause=self._pause(job))
            if isinstance(saved, Refusal) or saved.job is job:
                return saved
            seen = saved

    def _pause(self, job: Job) -> float:
        """Seconds; only after a failed try is a queued job left alone for a while."""
        if job.state is not JobState.QUEUED or job.error is None:
            return 0.0
        return job_steps.pause_before(job.attempts + 1, self._jitter())

    async def _record(self, job_id: JobId) -> Record:
        record = await self._store.read(job_id)
        if record is None:
            raise _not_found(job_id)
        return record

    def _lost(self, lease: JobLease) -> LeaseLost:
        held = self._held.get(lease.job.id)
        if held and held.token == lease.token:
            del self._held[lease.job.id]
        return LeaseLost("The job has ended, or another worker has taken it over.")


def _not_found(job_id: JobId) -> JobNotFound:
    return JobNotFound(f"There is no job {job_id}.")
