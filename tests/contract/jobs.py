"""Jobs and leases for the tests of queues."""

from collections.abc import AsyncIterator
from datetime import timedelta

from application.ports.job_queue import JobQueue
from domain.ids import BookId, JobId, OwnerId
from domain.job import Job, JobError, JobLease
from tests.contract.fake_clock import START

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


async def latest(jobs: JobQueue) -> Job:
    job = await jobs.latest_of(a_job().book_id)
    assert job is not None
    return job


async def next_of(watching: AsyncIterator[Job]) -> Job:
    return await anext(watching)
