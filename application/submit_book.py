"""Accept a book for ingestion: receive or note the file, make the book, queue the job."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from application.blob_keys import is_kept_for
from application.ports.blob_store import BlobStore
from application.ports.book_repository import BookRepository
from application.ports.clock import Clock, NewId
from application.ports.idempotency_store import IdempotencyStore
from application.ports.job_queue import JobQueue
from application.ports.metrics import Metrics
from application.queue_job import latest_job, queue_job
from application.receive_file import ReceivedFile, ReceiveFile
from domain.book import Book
from domain.errors import BookNotFound, FalsafaError, InvalidInput, JobNotFound
from domain.ids import BookId, JobId, OwnerId
from domain.job import Job, JobState


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
        # Racing requests of this process take turns. Between processes the stores' own steps
        # still keep the book and its active job single.
        self._submitting = asyncio.Lock()

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
        replaced and it is run again, the old version serving until the new one is whole. While
        its job is active, that job is returned, and the file is not kept.

        Raises FileTooLarge, UnsupportedFile and its kin, IdempotencyConflict, BookNotFound if the
        named book is another reader's, Conflict while the book's job is being stopped; then
        nothing is kept.
        """
        new_id = book_id or BookId(self._new_id())
        file = await self._receive_file.receive(content, new_id, file_name, media_type)
        wanted = self._received(file, new_id, owner_id)
        try:
            submission = await self._once(
                owner_id,
                idempotency_key,
                _fingerprint(file.content_hash, book_id),
                lambda job_id: self._take_in(job_id, wanted, owner_id, named=book_id is not None),
            )
        except BaseException:
            await self._drop_unless_kept(wanted)
            raise
        if submission.book.blob_key != wanted.blob_key:
            await self._blobs.delete(wanted.blob_key)  # what was sent before stays
        return submission

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
        afterwards the book is run again. Raises InvalidInput, IdempotencyConflict, Conflict while
        the book's job is being stopped, and BookNotFound if the named book is another reader's, or
        where books are made elsewhere and this one was not.
        """
        name, now = _file_name(url), self._clock()
        wanted = Book(
            id=book_id or BookId(self._new_id()),
            owner_id=owner_id,
            title=PurePosixPath(name).stem,
            author="",
            content_hash="",
            created_at=now,
            updated_at=now,
            file_name=name,
            source_url=url,
        )
        return await self._once(
            owner_id,
            idempotency_key,
            _fingerprint(url, book_id),
            lambda job_id: self._note(job_id, wanted, owner_id, named=book_id is not None),
        )

    async def _once(
        self,
        owner_id: OwnerId,
        key: str | None,
        fingerprint: str,
        submit: Callable[[JobId], Awaitable[Submission]],
    ) -> Submission:
        """Submit under a new job id; where the key has come before, return what it led to."""
        async with self._submitting:
            job_id = JobId(self._new_id())
            if key is None:
                return await submit(job_id)
            bound = JobId(await self._idempotency.remember(owner_id, key, fingerprint, job_id))
            try:
                earlier = await self._earlier(bound)
            except BookNotFound:  # deleted since
                earlier, bound = None, job_id
            if earlier is not None:
                return earlier
            try:
                submission = await submit(bound)
            except FalsafaError:
                await self._idempotency.forget(owner_id, key)
                raise
            if submission.job.id != job_id:  # one that was there already, or of a request cut off
                await self._idempotency.forget(owner_id, key)
                await self._idempotency.remember(owner_id, key, fingerprint, submission.job.id)
            return submission

    async def _earlier(self, job_id: JobId) -> Submission | None:
        """None for the first request of its key, and where one was cut off before it made the job.

        Raises BookNotFound.
        """
        try:
            job = await self._jobs.get(job_id)
        except JobNotFound:
            return None
        return Submission(await self._books.get(job.book_id), job, created=False)

    async def _take_in(
        self, job_id: JobId, wanted: Book, owner_id: OwnerId, *, named: bool
    ) -> Submission:
        latest = await latest_job(self._jobs, wanted.id)
        book = await self._added(wanted, once_per_content=not named)
        if book.id != wanted.id:
            latest = await latest_job(self._jobs, book.id)
        if latest and (latest.state.is_active or (not named and _is_complete(latest))):
            return Submission(book, latest, created=False)
        if named and book.blob_key != wanted.blob_key:
            book = await self._with_file_of(wanted, book)
        return await self._queued(book, job_id, owner_id)

    async def _note(
        self, job_id: JobId, wanted: Book, owner_id: OwnerId, *, named: bool
    ) -> Submission:
        await latest_job(self._jobs, wanted.id)
        book = await self._added(wanted, once_per_content=not named)
        return await self._queued(book, job_id, owner_id, url=wanted.source_url)

    async def _added(self, wanted: Book, *, once_per_content: bool) -> Book:
        """Raises BookNotFound for another reader's book: its name is no leave to run it."""
        book = await self._books.add(wanted, once_per_content=once_per_content)
        if book.owner_id not in (None, wanted.owner_id):
            raise BookNotFound("There is no such book.")
        return book

    def _received(self, file: ReceivedFile, book_id: BookId, owner_id: OwnerId) -> Book:
        now = self._clock()
        return Book(
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

    async def _with_file_of(self, wanted: Book, book: Book) -> Book:
        changed = replace(
            book,
            content_hash=wanted.content_hash,
            media_type=wanted.media_type,
            file_name=wanted.file_name,
            blob_key=wanted.blob_key,
            source_url="",
            updated_at=wanted.updated_at,
        )
        await self._books.save(changed)
        if is_kept_for(book.id, book.blob_key):
            await self._blobs.delete(book.blob_key)
        return changed

    async def _drop_unless_kept(self, wanted: Book) -> None:
        # Looked up, not concluded from an error: a write that was cut off may have been done.
        try:
            book = await self._books.get(wanted.id)
        except BookNotFound:
            kept = ""
        else:
            kept = book.blob_key
        if kept != wanted.blob_key:
            await self._blobs.delete(wanted.blob_key)

    async def _queued(
        self, book: Book, job_id: JobId, owner_id: OwnerId, *, url: str = ""
    ) -> Submission:
        now = self._clock()
        wanted = Job(
            id=job_id,
            book_id=book.id,
            created_at=now,
            updated_at=now,
            owner_id=owner_id,
            file_url=url,
        )
        job, created = await queue_job(self._jobs, self._metrics, wanted)
        return Submission(book, job, created=created)


def _is_complete(job: Job) -> bool:
    return job.state is JobState.COMPLETED


def _fingerprint(content: str, book_id: BookId | None) -> str:
    return hashlib.sha256(f"{content}\n{book_id or ''}".encode()).hexdigest()


def _file_name(url: str) -> str:
    """The last part of the URL's path, as a first title. Raises InvalidInput for no web address."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InvalidInput("The file's URL cannot be read; give an http or https URL.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput("Give the file as an http or https URL.")
    return PurePosixPath(unquote(parts.path)).name or "book"
