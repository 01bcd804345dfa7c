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
        before = await self._jobs.get(job_id)
        job = await self._jobs.cancel(job_id)
        if before.state.is_active and job.state is JobState.CANCELLED:
            await self._ingest_book.cancelled(job)
        return job
