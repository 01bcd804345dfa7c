from collections.abc import AsyncIterator
from typing import Protocol

from domain.ids import BookId, JobId, OwnerId
from domain.job import Job, JobError, JobLease, JobProgress, Phase
from domain.page import Page, PageRequest


class JobQueue(Protocol):
    """A durable queue of ingestion jobs. A job that was acknowledged is never lost: a lease that
    is not renewed runs out, and the job is claimed again; after `max_attempts` it is claimed
    once more, to be failed."""

    async def enqueue(self, job: Job) -> Job:
        """Queue it; if the book has an active job already, return that one instead, and if this
        very job was queued before, return it as it is now.

        Raises StoreUnavailable.
        """
        ...

    async def claim(self, worker_id: str) -> JobLease | None:
        """Lease the oldest claimable job, with a higher token than any lease of it before.

        One whose worker died may have been asked to stop (`cancel_requested`), or have no attempt
        left (`exhausted`): then it is the claimer's to end, with all that belongs to its end.
        """
        ...

    async def wait(self, timeout: float) -> None:
        """Return when there may be something to claim, or after `timeout` seconds."""
        ...

    async def heartbeat(self, lease: JobLease) -> Job:
        """Renew the lease; the job tells whether cancelling was asked. Raises LeaseLost."""
        ...

    async def start_version(self, lease: JobLease, number: int) -> Job:
        """Fix the content version that the job builds; the first call wins. Raises LeaseLost."""
        ...

    async def report(self, lease: JobLease, progress: JobProgress) -> None:
        """Raises LeaseLost."""
        ...

    async def finish_phase(self, lease: JobLease, phase: Phase) -> Job:
        """Remember that a phase is done, for whoever resumes the job. Raises LeaseLost."""
        ...

    async def complete(self, lease: JobLease) -> None:
        """Raises LeaseLost."""
        ...

    async def fail(self, lease: JobLease, error: JobError, *, retry: bool) -> Job:
        """Back to the queue after a pause if `retry` and attempts are left, else failed.

        Raises LeaseLost.
        """
        ...

    async def release(self, lease: JobLease) -> None:
        """Give the job back at once, the attempt not counted. Does nothing if the lease is lost."""
        ...

    async def cancelled(self, lease: JobLease) -> None:
        """The worker has stopped as was asked. Raises LeaseLost."""
        ...

    async def cancel(self, job_id: JobId) -> Job:
        """A queued job is cancelled, a running one asked to stop, an ended one left as it is.

        Raises JobNotFound.
        """
        ...

    async def retry(self, job_id: JobId) -> Job:
        """Queue a job again: a failed one with its done phases, a cancelled one without.

        Raises JobNotFound, JobNotRetryable.
        """
        ...

    async def get(self, job_id: JobId) -> Job:
        """Raises JobNotFound."""
        ...

    async def latest_of(self, book_id: BookId) -> Job | None:
        """The book's newest job, whatever its state; None if it never had one."""
        ...

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Job]:
        """Newest first."""
        ...

    def watch(self, job_id: JobId) -> AsyncIterator[Job]:
        """The job now, then each time it changes, until it has ended or was deleted; changes that
        come close together may be told as one. Raises JobNotFound."""
        ...

    async def delete_of_book(self, book_id: BookId) -> None: ...
