import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from application.ports.clock import Clock, utc_now
from domain import job_steps
from domain.cursor import read_place, write_cursor
from domain.errors import JobNotFound, JobNotRetryable, LeaseLost
from domain.ids import BookId, JobId, OwnerId
from domain.job import LEASE_SECONDS, Job, JobError, JobLease, JobProgress, JobState, Phase
from domain.page import Page, PageRequest


@dataclass
class _Entry:
    place: int  # in the order of enqueueing
    job: Job
    claimable_at: datetime  # queued: after a pause; running: when the lease runs out
    token: int = 0


class MemoryJobQueue:
    def __init__(
        self,
        *,
        clock: Clock = utc_now,
        lease_seconds: float = LEASE_SECONDS,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._entries: dict[JobId, _Entry] = {}
        self._clock = clock
        self._lease = timedelta(seconds=lease_seconds)
        self._jitter = jitter
        self._changed = asyncio.Condition()
        self._enqueued = 0

    @property
    def jobs(self) -> list[Job]:
        return [entry.job for entry in self._entries.values()]

    async def enqueue(self, job: Job) -> Job:
        there = self._entries.get(job.id) or self._active(job.book_id)
        if there is not None:
            return there.job
        self._enqueued += 1
        self._entries[job.id] = _Entry(self._enqueued, job, self._clock())
        await self._tell()
        return job

    async def claim(self, worker_id: str) -> JobLease | None:
        now = self._clock()
        entry = self._claimable()
        if entry is None:
            return None
        entry.token += 1
        entry.claimable_at = now + self._lease
        lease = job_steps.leased(entry.job, entry.token, worker_id, now)
        await self._set(entry, lease.job)
        return lease

    async def wait(self, timeout: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout), self._changed:
                await self._changed.wait_for(lambda: self._claimable() is not None)

    async def heartbeat(self, lease: JobLease) -> Job:
        entry = self._held(lease)
        entry.claimable_at = self._clock() + self._lease
        return entry.job

    async def start_version(self, lease: JobLease, number: int) -> Job:
        entry = self._held(lease)
        if not entry.job.version_number:
            await self._set(
                entry, replace(entry.job, version_number=number, updated_at=self._clock())
            )
        return entry.job

    async def report(self, lease: JobLease, progress: JobProgress) -> None:
        entry = self._held(lease)
        await self._set(entry, job_steps.progressed(entry.job, progress, self._clock()))

    async def finish_phase(self, lease: JobLease, phase: Phase) -> Job:
        entry = self._held(lease)
        return await self._set(entry, job_steps.phase_finished(entry.job, phase, self._clock()))

    async def complete(self, lease: JobLease) -> None:
        entry = self._held(lease)
        await self._set(entry, job_steps.completed(entry.job, self._clock()))

    async def fail(self, lease: JobLease, error: JobError, *, retry: bool) -> Job:
        entry, now = self._held(lease), self._clock()
        job = job_steps.failed(entry.job, error, now, retry=retry)
        pause = job_steps.pause_before(job.attempts + 1, self._jitter())
        entry.claimable_at = now + timedelta(seconds=pause)
        return await self._set(entry, job)

    async def release(self, lease: JobLease) -> None:
        with suppress(LeaseLost):
            entry = self._held(lease)
            entry.claimable_at = self._clock()
            await self._set(entry, job_steps.released(entry.job, self._clock()))

    async def cancelled(self, lease: JobLease) -> None:
        entry = self._held(lease)
        await self._set(entry, job_steps.cancelled(entry.job, self._clock()))

    async def cancel(self, job_id: JobId) -> Job:
        entry = self._entry(job_id)
        return await self._set(entry, job_steps.cancel_asked(entry.job, self._clock()))

    async def retry(self, job_id: JobId) -> Job:
        entry, now = self._entry(job_id), self._clock()
        job = job_steps.retried(entry.job, now)
        if self._active(job.book_id):
            raise JobNotRetryable("Another job of this book is queued or running.")
        entry.claimable_at = now
        return await self._set(entry, job)

    async def get(self, job_id: JobId) -> Job:
        return self._entry(job_id).job

    async def latest_of(self, book_id: BookId) -> Job | None:
        return next((j for j in reversed(self.jobs) if j.book_id == book_id), None)

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Job]:
        before = read_place(page.cursor) if page.cursor else self._enqueued + 1
        entries = [
            entry
            for entry in reversed(self._entries.values())
            if entry.place < before and owner_id in (None, entry.job.owner_id)
        ]
        more = len(entries) > page.limit
        cursor = write_cursor(str(entries[page.limit - 1].place)) if more else None
        return Page(tuple(entry.job for entry in entries[: page.limit]), cursor)

    async def watch(self, job_id: JobId) -> AsyncIterator[Job]:
        seen = await self.get(job_id)
        yield seen
        while seen.state.is_active:
            async with self._changed:
                while self._job_or_none(job_id) == seen:
                    await self._changed.wait()
            job = self._job_or_none(job_id)
            if job is None:
                return  # deleted with its book
            seen = job
            yield seen

    async def delete_of_book(self, book_id: BookId) -> None:
        self._entries = {i: e for i, e in self._entries.items() if e.job.book_id != book_id}
        await self._tell()

    def _claimable(self) -> _Entry | None:
        now = self._clock()
        return next(
            (
                entry
                for entry in self._entries.values()
                if entry.job.state.is_active and entry.claimable_at <= now
            ),
            None,
        )

    def _active(self, book_id: BookId) -> _Entry | None:
        of_book = (e for e in self._entries.values() if e.job.book_id == book_id)
        return next((entry for entry in of_book if entry.job.state.is_active), None)

    def _held(self, lease: JobLease) -> _Entry:
        entry = self._entries.get(lease.job.id)
        if not entry or entry.token != lease.token or entry.job.state is not JobState.RUNNING:
            raise LeaseLost("The job has ended, or another worker has taken it over.")
        return entry

    def _entry(self, job_id: JobId) -> _Entry:
        if job_id not in self._entries:
            raise JobNotFound(f"There is no job {job_id}.")
        return self._entries[job_id]

    def _job_or_none(self, job_id: JobId) -> Job | None:
        entry = self._entries.get(job_id)
        return entry.job if entry else None

    async def _set(self, entry: _Entry, job: Job) -> Job:
        entry.job = job
        await self._tell()
        return job

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
