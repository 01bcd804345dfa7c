"""The durable queue of jobs, in SQLite.

A job is a row. A claim takes the oldest that may be claimed, in one write transaction, so that
of many workers one gets it; a lease that nobody renews makes the row claimable again.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import aiosqlite

from adapters.outbound.sqlite.bell import Bell, heard
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.job_rows import job_of, job_row
from adapters.outbound.sqlite.rows import insert, one, update
from adapters.outbound.sqlite.values import from_time
from application.ports.clock import Clock, utc_now
from domain import job_steps
from domain.cursor import read_place, write_cursor
from domain.errors import JobNotFound, JobNotRetryable, LeaseLost
from domain.ids import BookId, JobId, OwnerId
from domain.job import LEASE_SECONDS, Job, JobError, JobLease, JobProgress, Phase
from domain.page import Page, PageRequest

_POLL = 0.25  # seconds between looks at what other processes did; our own changes ring a bell

_CLAIMABLE = (
    "SELECT * FROM jobs WHERE state IN ('queued', 'running') AND claimable_at <= ?"
    " ORDER BY seq LIMIT 1"
)
_ACTIVE = "SELECT * FROM jobs WHERE state IN ('queued', 'running') AND book_id = ?"


class SqliteJobQueue:
    """`jitter` gives numbers in 0..1 for the pauses between attempts."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock = utc_now,
        lease_seconds: float = LEASE_SECONDS,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_seconds)
        self._jitter = jitter
        self._bell = Bell()

    async def enqueue(self, job: Job) -> Job:
        async with self._database.write() as connection:
            there = await one(connection, "SELECT * FROM jobs WHERE id = ?", (job.id,))
            there = there or await one(connection, _ACTIVE, (job.book_id,))
            if there is not None:
                return job_of(there)
            row = {**job_row(job), "claimable_at": from_time(self._clock())}
            await insert(connection, "jobs", row)
        self._bell.ring()
        return job

    async def claim(self, worker_id: str) -> JobLease | None:
        now = self._clock()
        async with self._database.write() as connection:
            row = await one(connection, _CLAIMABLE, (from_time(now),))
            if row is None:
                return None
            lease = job_steps.leased(job_of(row), row["token"] + 1, worker_id, now)
            await _save(
                connection,
                lease.job,
                token=lease.token,
                worker_id=worker_id,
                claimable_at=from_time(now + self._lease),
            )
        self._bell.ring()
        return lease

    async def wait(self, timeout: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while (left := deadline - loop.time()) > 0:
            ring = self._bell.next_ring
            async with self._database.read() as connection:
                if await one(connection, _CLAIMABLE, (from_time(self._clock()),)):
                    return
            await heard(ring, min(left, _POLL))

    async def heartbeat(self, lease: JobLease) -> Job:
        async with self._held(lease) as (connection, job):
            renewed = from_time(self._clock() + self._lease)
            await update(connection, "jobs", {"claimable_at": renewed}, {"id": job.id})
        return job

    async def start_version(self, lease: JobLease, number: int) -> Job:
        async with self._held(lease) as (connection, job):
            if not job.version_number:
                job = replace(job, version_number=number, updated_at=self._clock())
                await _save(connection, job)
        return job

    async def report(self, lease: JobLease, progress: JobProgress) -> None:
        async with self._held(lease) as (connection, job):
            await _save(connection, job_steps.progressed(job, progress, self._clock()))

    async def finish_phase(self, lease: JobLease, phase: Phase) -> Job:
        async with self._held(lease) as (connection, job):
            job = job_steps.phase_finished(job, phase, self._clock())
            await _save(connection, job)
        return job

    async def complete(self, lease: JobLease) -> None:
        async with self._held(lease) as (connection, job):
            await _save(connection, job_steps.completed(job, self._clock()))

    async def fail(self, lease: JobLease, error: JobError, *, retry: bool) -> Job:
        now = self._clock()
        async with self._held(lease) as (connection, job):
            job = job_steps.failed(job, error, now, retry=retry)
            pause = job_steps.pause_before(job.attempts + 1, self._jitter())
            await _save(connection, job, claimable_at=from_time(now + timedelta(seconds=pause)))
        return job

    async def release(self, lease: JobLease) -> None:
        now = self._clock()
        try:
            async with self._held(lease) as (connection, job):
                await _save(connection, job_steps.released(job, now), claimable_at=from_time(now))
        except LeaseLost:
            return  # another worker has it: nothing to give back

    async def cancelled(self, lease: JobLease) -> None:
        async with self._held(lease) as (connection, job):
            await _save(connection, job_steps.cancelled(job, self._clock()))

    async def cancel(self, job_id: JobId) -> Job:
        async with self._database.write() as connection:
            job = job_steps.cancel_asked(await _job(connection, job_id), self._clock())
            await _save(connection, job)
        self._bell.ring()
        return job

    async def retry(self, job_id: JobId) -> Job:
        now = self._clock()
        async with self._database.write() as connection:
            job = job_steps.retried(await _job(connection, job_id), now)
            if await one(connection, _ACTIVE, (job.book_id,)):
                raise JobNotRetryable("Another job of this book is queued or running.")
            await _save(connection, job, claimable_at=from_time(now))
        self._bell.ring()
        return job

    async def get(self, job_id: JobId) -> Job:
        async with self._database.read() as connection:
            return await _job(connection, job_id)

    async def latest_of(self, book_id: BookId) -> Job | None:
        async with self._database.read() as connection:
            row = await one(
                connection,
                "SELECT * FROM jobs WHERE book_id = ? ORDER BY seq DESC LIMIT 1",
                (book_id,),
            )
        return None if row is None else job_of(row)

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Job]:
        before = read_place(page.cursor) if page.cursor else None
        async with self._database.read() as connection:
            rows = list(
                await connection.execute_fetchall(
                    "SELECT * FROM jobs WHERE (:owner IS NULL OR owner_id = :owner)"
                    " AND (:before IS NULL OR seq < :before)"
                    " ORDER BY seq DESC LIMIT :limit",
                    {"owner": owner_id, "before": before, "limit": page.limit + 1},
                )
            )
        more = len(rows) > page.limit
        return Page(
            items=tuple(job_of(row) for row in rows[: page.limit]),
            next_cursor=write_cursor(str(rows[page.limit - 1]["seq"])) if more else None,
        )

    async def watch(self, job_id: JobId) -> AsyncIterator[Job]:
        seen = await self.get(job_id)
        yield seen
        while seen.state.is_active:
            ring = self._bell.next_ring
            try:
                job = await self.get(job_id)
            except JobNotFound:
                return  # deleted with its book
            if job == seen:
                await heard(ring, _POLL)
            else:
                seen = job
                yield seen

    async def delete_of_book(self, book_id: BookId) -> None:
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM jobs WHERE book_id = ?", (book_id,))
        self._bell.ring()

    @asynccontextmanager
    async def _held(self, lease: JobLease) -> AsyncIterator[tuple[aiosqlite.Connection, Job]]:
        """A write transaction on a job that this lease still holds."""
        async with self._database.write() as connection:
            row = await one(
                connection,
                "SELECT * FROM jobs WHERE id = ? AND token = ? AND state = 'running'",
                (lease.job.id, lease.token),
            )
            if row is None:
                raise LeaseLost("The job has ended, or another worker has taken it over.")
            yield connection, job_of(row)
        self._bell.ring()


async def _job(connection: aiosqlite.Connection, job_id: JobId) -> Job:
    row = await one(connection, "SELECT * FROM jobs WHERE id = ?", (job_id,))
    if row is None:
        raise JobNotFound(f"There is no job {job_id}.")
    return job_of(row)


async def _save(connection: aiosqlite.Connection, job: Job, **queue_columns: object) -> None:
    await update(connection, "jobs", {**job_row(job), **queue_columns}, {"id": job.id})
