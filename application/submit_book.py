"""Accept a book for ingestion: receive or note the file, make the book, queue the job."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from application.ports.blob_store import BlobStore
from application.ports.book_repository import BookRepository
from application.ports.clock import Clock, NewId
from application.ports.idempotency_store import IdempotencyStore
from application.ports.job_queue import JobQueue
from application.ports.metrics import Metrics
from application.receive_file import ReceivedFile, ReceiveFile
from domain.book import Book, BookStatus
from domain.errors import InvalidInput, JobNotFound
from domain.ids import BookId, JobId, OwnerId
from domain.job import Job


@dataclass(frozen=True, slots=True)
class Submission:
    book: Book
    job: Job
    created: bool  # False: this very file, or this very request, had come before


class SubmitBook:
    def __init__(
        self,
        *,
        books: BookRepository,
        jobs: JobQueue,
        blobs: BlobStore,
        receive_file: ReceiveFile,
        idempotency: IdempotencyStore,
        metrics: Metrics,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._books = books
        self._jobs = jobs
        self._blobs = blobs
        self._receive_file = receive_file
        self._idempotency = idempotency
        self._metrics = metrics
        self._clock = clock
        self._new_id = new_id

    async def from_upload(
        self,
        content: AsyncIterator[bytes],
        *,
        file_name: str,
        media_type: str,
        owner_id: OwnerId,
        book_id: BookId | None = None,
        idempotency_key: str | None = None,
    ) -> Submission:
        """A book is one per owner and content, unless the caller names the book: then its file is
        replaced and it is run again, the old version serving until the new one is whole.

        Raises FileTooLarge, UnsupportedFile and its kin, IdempotencyConflict; then nothing is
        kept.
        """
        new_book_id = book_id or BookId(self._new_id())
        if book_id is not None and (running := await self._active(book_id)):
            return running
        file = await self._receive_file.receive(content, new_book_id, file_name, media_type)
        try:
            job_id, repeated = await self._job_id(owner_id, idempotency_key, file.content_hash)
            if repeated is not None:
                await self._blobs.delete(file.blob_key)
                return repeated
            book, is_new = await self._book_of(
                file, new_book_id, owner_id, named=book_id is not None
            )
        except BaseException:
            await self._blobs.delete(file.blob_key)
            raise
        if book.blob_key != file.blob_key:
            await self._blobs.delete(file.blob_key)  # the same content is kept already
        return await self._queued(book, job_id, owner_id, rerun=book_id is not None, is_new=is_new)

    async def from_url(
        self,
        url: str,
        *,
        owner_id: OwnerId,
        book_id: BookId | None = None,
        idempotency_key: str | None = None,
    ) -> Submission:
        """Queue the fetching of a file; whether it is a book shows in the job.

        Posted again for a named book while its job is active, the same job is returned;
        afterwards the book is run again. Raises InvalidInput, IdempotencyConflict, and
        BookNotFound where books are made elsewhere and this one was not.
        """
        name = _file_name(url)
        fingerprint = hashlib.sha256(f"{url}\n{book_id or ''}".encode()).hexdigest()
        job_id, repeated = await self._job_id(owner_id, idempotency_key, fingerprint)
        if repeated is not None:
            return repeated
        now = self._clock()
        wanted = book_id or BookId(self._new_id())
        book = await self._books.add(
            Book(
                id=wanted,
                owner_id=owner_id,
                title=PurePosixPath(name).stem,
                author="",
                content_hash="",
                created_at=now,
                updated_at=now,
                file_name=name,
                source_url=url,
            ),
            once_per_content=False,
        )
        return await self._queued(book, job_id, owner_id, rerun=True, is_new=True, url=url)

    async def _active(self, book_id: BookId) -> Submission | None:
        job = await self._jobs.latest_of(book_id)
        if job is None or not job.state.is_active:
            return None
        return Submission(await self._books.get(book_id), job, created=False)

    async def _job_id(
        self, owner_id: OwnerId, key: str | None, fingerprint: str
    ) -> tuple[JobId, Submission | None]:
        """The id for the job to make, or what an earlier request of the same key made."""
        job_id = JobId(self._new_id())
        if key is None:
            return job_id, None
        bound = JobId(await self._idempotency.remember(owner_id, key, fingerprint, job_id))
        if bound == job_id:
            return job_id, None
        try:
            job = await self._jobs.get(bound)
        except JobNotFound:
            return bound, None  # the earlier request was cut off before it made the job
        return bound, Submission(await self._books.get(job.book_id), job, created=False)

    async def _book_of(
        self, file: ReceivedFile, book_id: BookId, owner_id: OwnerId, *, named: bool
    ) -> tuple[Book, bool]:
        now = self._clock()
        wanted = Book(
            id=book_id,
            owner_id=owner_id,
            title=PurePosixPath(file.file_name).stem,
            author="",
            content_hash=file.content_hash,
            created_at=now,
            updated_at=now,
            media_type=file.media_type,
            file_name=file.file_name,
            blob_key=file.blob_key,
        )
        book = await self._books.add(wanted, once_per_content=not named)
        if named and book.id == book_id and book.blob_key != file.blob_key:
            book = replace(
                book,
                content_hash=file.content_hash,
                media_type=file.media_type,
                file_name=file.file_name,
                blob_key=file.blob_key,
                updated_at=now,
            )
            await self._books.save(book)
        return book, book.blob_key == file.blob_key

    async def _queued(
        self,
        book: Book,
        job_id: JobId,
        owner_id: OwnerId,
        *,
        rerun: bool,
        is_new: bool,
        url: str = "",
    ) -> Submission:
        latest = await self._jobs.latest_of(book.id)
        if latest and not is_new and not (rerun or book.status is BookStatus.FAILED):
            return Submission(book, latest, created=False)
        now = self._clock()
        job = await self._jobs.enqueue(
            Job(
                id=job_id,
                book_id=book.id,
                created_at=now,
                updated_at=now,
                owner_id=owner_id,
                file_url=url,
            )
        )
        created = job.id == job_id
        if created:
            self._metrics.job_queued()
        return Submission(book, job, created=created)


def _file_name(url: str) -> str:
    """The last part of the URL's path, as a first title. Raises InvalidInput for no web address."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InvalidInput("The file's URL cannot be read; give an http or https URL.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput("Give the file as an http or https URL.")
    return PurePosixPath(unquote(parts.path)).name or "book"
