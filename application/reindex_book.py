"""Make a book's index anew, with the embedding model that is chosen now.

The text, cast and personas that serve are taken over into a new content version; a worker cuts,
embeds and indexes it as in any ingestion, and it takes the old one's place when it is whole. All of
it, the taking over too, is done under the job's lease: killed anywhere it goes on, and until the
end nothing that serves has changed.
"""

from array import array
from collections.abc import AsyncIterator
from dataclasses import dataclass

from application.late_interaction import LateInteraction
from application.ports.book_repository import BookRepository
from application.ports.clock import Clock, NewId
from application.ports.embedder import Embedder
from application.ports.job_queue import JobQueue
from application.ports.metrics import Metrics
from application.ports.passage_repository import PassageRepository
from application.ports.vector_index import VectorIndex
from application.queue_job import latest_job, queue_job
from domain.book import Book, ContentVersion
from domain.errors import BookNotReady, EmbeddingMismatch
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId, JobId
from domain.job import TAKEN_OVER, Job
from domain.page import PageRequest


@dataclass(frozen=True, slots=True)
class Reindexing:
    book: Book
    job: Job
    created: bool  # False: the book has an active job already, which will index it


class ReindexBook:
    def __init__(
        self,
        *,
        books: BookRepository,
        jobs: JobQueue,
        passages: PassageRepository,
        embedder: Embedder,
        vectors: VectorIndex,
        metrics: Metrics,
        clock: Clock,
        new_id: NewId,
        late_interaction: LateInteraction | None = None,
    ) -> None:
        self._books = books
        self._jobs = jobs
        self._passages = passages
        self._embedder = embedder
        self._vectors = vectors
        self._metrics = metrics
        self._clock = clock
        self._new_id = new_id
        self._late_interaction = late_interaction

    async def reindex(self, book_id: BookId) -> Reindexing:
        """Queue it. Raises BookNotFound, BookNotReady if no version serves, Conflict while the
        book's job is being stopped, StoreUnavailable."""
        book = await self._books.get(book_id)
        if book.version is None:
            raise BookNotReady(f"“{book.title}” has no text yet that could be indexed anew.")
        await latest_job(self._jobs, book_id)
        now = self._clock()
        wanted = Job(
            id=JobId(self._new_id()),
            book_id=book_id,
            created_at=now,
            updated_at=now,
            owner_id=book.owner_id,
            phases_done=TAKEN_OVER,
        )
        job, created = await queue_job(self._jobs, self._metrics, wanted)
        return Reindexing(book, job, created)

    async def outdated(self) -> AsyncIterator[Book]:
        """Every book that serves with vectors of another model, or without any; of its tokens too,
        where there could be some."""
        cursor: str | None = None
        while True:
            page = await self._books.list(None, PageRequest(limit=200, cursor=cursor))
            for book in page.items:
                if book.version is not None and not await self._fits(book.version):
                    yield book
            cursor = page.next_cursor
            if cursor is None:
                return

    async def _fits(self, version: ContentVersion) -> bool:
        # Any vector will do: an index tells of a mismatch before it searches.
        probe = array("f", [1.0] + [0.0] * (self._embedder.dimension - 1))
        try:
            await self._vectors.search(version, probe, self._embedder.model, WHOLE_BOOK, 1)
        except EmbeddingMismatch:
            return False
        if await self._passages.count(version) == 0:
            return True
        if self._late_interaction and not await self._late_interaction.has(version):
            return False
        return await self._vectors.count(version) > 0
