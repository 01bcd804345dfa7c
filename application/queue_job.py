"""What everyone does who asks for work on a book: look at its last job, and queue the next."""

from application.ports.job_queue import JobQueue
from application.ports.metrics import Metrics
from domain.errors import Conflict
from domain.ids import BookId
from domain.job import Job

STOPPING_TAKES = 2.0  # seconds, about, until a running job has noticed that it shall stop


async def latest_job(jobs: JobQueue, book_id: BookId) -> Job | None:
    """Raises Conflict if it is being stopped: it would not do what is asked now."""
    job = await jobs.latest_of(book_id)
    if job and job.state.is_active and job.cancel_requested:
        raise Conflict(
            "The book's job is being stopped; try again in a moment.", retry_after=STOPPING_TAKES
        )
    return job


async def queue_job(jobs: JobQueue, metrics: Metrics, wanted: Job) -> tuple[Job, bool]:
    """The job, and whether it is this one: a book that has an active job already keeps that."""
    job = await jobs.enqueue(wanted)
    created = job.id == wanted.id
    if created:
        metrics.job_queued()
    return job, created
