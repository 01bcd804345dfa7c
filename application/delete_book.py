"""Take a book away, with everything that was made of it."""

from application.blob_keys import book_blobs
from application.ports.blob_store import BlobStore
from application.ports.book_repository import BookRepository
from application.ports.correction_repository import CorrectionRepository
from application.ports.job_queue import JobQueue
from application.ports.prompt_archive import PromptArchive
from application.ports.reading_progress import ReadingProgressRepository
from application.ports.session_repository import SessionRepository
from application.version_content import VersionContent
from domain.book import ContentVersion
from domain.ids import BookId


class DeleteBook:
    def __init__(
        self,
        *,
        books: BookRepository,
        jobs: JobQueue,
        sessions: SessionRepository,
        corrections: CorrectionRepository,
        reading_progress: ReadingProgressRepository,
        blobs: BlobStore,
        prompt_archive: PromptArchive,
        content: VersionContent,
    ) -> None:
        self._books = books
        self._jobs = jobs
        self._sessions = sessions
        self._corrections = corrections
        self._reading_progress = reading_progress
        self._blobs = blobs
        self._prompt_archive = prompt_archive
        self._content = content

    async def delete(self, book_id: BookId) -> None:
        """Raises BookNotFound. A running job is asked to stop; it finds its book gone, takes away
        what it has written since, and is kept, cancelled.

        The book's row goes last but for its jobs: interrupted, the deletion can be asked again.
        """
        book = await self._books.get(book_id)
        job = await self._jobs.latest_of(book_id)
        if job is not None:
            job = await self._jobs.cancel(job.id)
        await self._sessions.delete_of_book(book_id)
        await self._reading_progress.delete_of_book(book_id)
        await self._corrections.delete_of_book(book_id)
        # One more than serves: a job may have begun it, and be ended and no longer the latest.
        for number in range(1, book.serving + 2):
            await self._content.delete(ContentVersion(book_id, number))
        await self._prompt_archive.delete(book_id)
        for prefix in book_blobs(book_id):
            await self._blobs.delete(prefix)
        await self._books.delete(book_id)
        if job is None or not job.state.is_active:
            await self._jobs.delete_of_book(book_id)
