"""Run books of the older backend again, from the files it had, so that they get a canonical text,
positions and a cast of ours. Until its job is done, what the older backend made goes on answering.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from application.ports.book_repository import BookRepository
from application.ports.clock import Clock, NewId
from application.ports.job_queue import JobQueue
from application.ports.metrics import Metrics
from application.queue_job import queue_job
from domain.book import Book
from domain.ids import JobId
from domain.job import Job
from domain.page import PageRequest


@dataclass(frozen=True, slots=True)
class Migration:
    """What becomes of one book. Without a job there is no file to run it from."""

    book: Book
    job: Job | None


class MigrateBooks:
    def __init__(
        self,
        *,
        books: BookRepository,
        jobs: JobQueue,
        metrics: Metrics,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._books = books
        self._jobs = jobs
        self._metrics = metrics
        self._clock = clock
        self._new_id = new_id

    async def waiting(self) -> AsyncIterator[Book]:
        """Every book that only the older backend has read. Raises StoreUnavailable."""
        cursor: str | None = None
        while True:
            page = await self._books.list(None, PageRequest(limit=200, cursor=cursor))
            for book in page.items:
                if book.waits_for_migration:
                    yield book
            cursor = page.next_cursor
            if cursor is None:
                return

    async def migrate(self, book: Book) -> Migration:
        """Queue it; the job it has already, if one is active. Raises StoreUnavailable."""
        if not (book.blob_key or book.source_url):
            return Migration(book, job=None)
        now = self._clock()
        wanted = Job(
            id=JobId(self._new_id()),
            book_id=book.id,
            created_at=now,
            updated_at=now,
            owner_id=book.owner_id,
            file_url="" if book.blob_key else book.source_url,
        )
        job, _ = await queue_job(self._jobs, self._metrics, wanted)
        return Migration(book, job)
