"""Stop a job, wherever it is: one that no worker has yet ends here and now."""

from application.ingest_book import IngestBook
from application.ports.job_queue import JobQueue
from domain.ids import JobId
from domain.job import Job, JobState


class CancelJob:
    def __init__(self, *, jobs: JobQueue, ingest_book: IngestBook) -> None:
        self._jobs = jobs
        self._ingest_book = ingest_book

    async def cancel(self, job_id: JobId) -> Job:
        """A running job is asked to stop, and its worker clears up. Raises JobNotFound."""
        job = await self._jobs.cancel(job_id)
        # Also if it was cancelled before: clearing up may have been cut off.
        if job.state is JobState.CANCELLED:
            await self._ingest_book.cancelled(job)
        return job
