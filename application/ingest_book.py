"""Turn a received file into a book that answers, phase by phase.

Each phase writes its output as a whole under the content version that the job builds, so it can
be repeated; the queue remembers which are done, so a job that was killed goes on where it was.
Readers see the version that serves until `publish` lets the new one take its place in one step.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from application.apply_corrections import ApplyCorrections
from application.blob_keys import book_blobs, is_kept_for, may_be_read_for
from application.extract_characters import ExtractCharacters
from application.index_passages import IndexPassages
from application.ports.blob_store import BlobStore
from application.ports.book_parser import BookParser
from application.ports.book_repository import BookRepository
from application.ports.book_source import BookSource
from application.ports.clock import Clock
from application.ports.job_queue import JobQueue
from application.ports.metrics import Metrics
from application.ports.prompt_archive import PromptArchive
from application.ports.text_store import TextStore
from application.receive_file import ReceiveFile
from application.text_up_to import text_up_to
from application.version_content import VersionContent
from application.write_personas import WritePersonas
from domain.book import Book, BookStatus, ContentVersion
from domain.errors import BookNotFound, JobNotRetryable, SourceUnavailable
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId
from domain.job import Job, JobError, JobLease, JobProgress, Phase

Report = Callable[[JobProgress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Work:
    """One run of a job: the version it builds, and how to tell of progress."""

    job: Job
    version: ContentVersion
    report: Report

    async def tell(self, phase: Phase, fraction: float, detail: str = "") -> None:
        await self.report(JobProgress(phase, fraction, detail))


class IngestBook:
    def __init__(
        self,
        *,
        books: BookRepository,
        jobs: JobQueue,
        blobs: BlobStore,
        texts: TextStore,
        source: BookSource,
        parser: BookParser,
        receive_file: ReceiveFile,
        extract_characters: ExtractCharacters,
        write_personas: WritePersonas,
        index_passages: IndexPassages,
        content: VersionContent,
        apply_corrections: ApplyCorrections,
        prompt_archive: PromptArchive,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._books = books
        self._jobs = jobs
        self._blobs = blobs
        self._texts = texts
        self._source = source
        self._parser = parser
        self._receive_file = receive_file
        self._extract_characters = extract_characters
        self._write_personas = write_personas
        self._index_passages = index_passages
        self._content = content
        self._apply_corrections = apply_corrections
        self._prompt_archive = prompt_archive
        self._metrics = metrics
        self._clock = clock
        self._steps: dict[Phase, Callable[[_Work], Awaitable[None]]] = {
            Phase.FETCH: self._fetch,
            Phase.PARSE: self._parse,
            Phase.CAST: self._cast,
            Phase.PERSONA: self._persona,
            Phase.CHUNK: self._chunk,
            Phase.EMBED: self._embed,
            Phase.INDEX: self._index,
            Phase.PUBLISH: self._publish,
        }

    async def run(self, lease: JobLease, report: Report) -> None:
        """Do the phases that are not done yet.

        Raises whatever stopped it, LeaseLost among it; BookNotFound if the book was deleted, and
        then nothing of it is left; JobNotRetryable if a newer job has built the same version.
        """
        job = lease.job
        if not await self._is_latest(job):
            raise JobNotRetryable("A newer job of this book has taken its place.")
        try:
            book = await self._books.get(job.book_id)
            job = await self._jobs.start_version(lease, book.serving + 1)
            work = _Work(job, ContentVersion(book.id, job.version_number), report)
            await self._begin(work)
            for phase in self._steps:
                if phase not in job.phases_done:
                    await self._do(phase, work, lease)
        except BookNotFound:
            await self._leave_nothing(job)
            raise

    async def failed(self, job: Job, error: JobError) -> None:
        """The job has ended without success: say so on the book, if it is still there."""
        if not await self._is_latest(job):
            return  # what the newer job made of the book stands
        try:
            await self._update(
                job.book_id, lambda b: replace(b, status=BookStatus.FAILED, failure=error.message)
            )
        except BookNotFound:
            await self._leave_nothing(job)

    async def cancelled(self, job: Job) -> None:
        """The job was stopped as asked: drop what it had built, keep what serves."""
        if not await self._is_latest(job):
            return  # the version is the newer job's
        try:
            book = await self._books.get(job.book_id)
        except BookNotFound:
            await self._leave_nothing(job)
            return
        version = ContentVersion(book.id, job.version_number)
        if book.serving == version.number:  # the wish came too late
            await self._retire(version)
        else:
            await self._content.delete(version)
        if book.serving:
            ended = replace(book, status=BookStatus.COMPLETED, failure="")
        else:
            ended = replace(book, status=BookStatus.FAILED, failure="Its job was cancelled.")
        await self._update(book.id, lambda _: ended)

    async def _is_latest(self, job: Job) -> bool:
        """Jobs of a book that end without a version build the same one, one after another."""
        latest = await self._jobs.latest_of(job.book_id)
        return latest is None or latest.id == job.id

    async def _begin(self, work: _Work) -> None:
        if not work.job.phases_done:  # what an earlier job built and left is not this one's
            await self._content.delete(work.version)
        if Phase.PUBLISH not in work.job.phases_done:  # else only the job is open, not the book
            await self._update(
                work.version.book_id, lambda b: replace(b, status=BookStatus.PROCESSING, failure="")
            )

    async def _do(self, phase: Phase, work: _Work, lease: JobLease) -> None:
        await work.tell(phase, 0.0)
        started = time.monotonic()
        await self._steps[phase](work)
        await self._jobs.finish_phase(lease, phase)
        self._metrics.phase_finished(phase, time.monotonic() - started)

    async def _leave_nothing(self, job: Job) -> None:
        """The book was deleted under the job, which may have written since."""
        await self._content.delete(ContentVersion(job.book_id, job.version_number))
        await self._prompt_archive.delete(job.book_id)
        for prefix in book_blobs(job.book_id):
            await self._blobs.delete(prefix)

    async def _fetch(self, work: _Work) -> None:
        if work.job.takes_over:
            serving = replace(work.version, number=work.version.number - 1)
            await self._content.take_over(serving, work.version)
            return
        if not work.job.file_url:
            return  # it was uploaded
        book = await self._books.get(work.job.book_id)
        async with self._source.fetch(work.job.file_url) as fetched:
            file = await self._receive_file.receive(
                fetched.content, book.id, fetched.file_name or book.file_name, fetched.media_type
            )
        try:
            await self._update(
                book.id,
                lambda b: replace(
                    b,
                    blob_key=file.blob_key,
                    content_hash=file.content_hash,
                    file_name=file.file_name,
                    media_type=file.media_type,
                    source_url=work.job.file_url,
                ),
            )
        except BaseException:
            await self._blobs.delete(file.blob_key)
            raise
        if is_kept_for(book.id, book.blob_key):
            await self._blobs.delete(book.blob_key)

    async def _parse(self, work: _Work) -> None:
        book = await self._books.get(work.job.book_id)
        if not book.blob_key:
            raise SourceUnavailable("The book has no file; upload it again.")
        if not may_be_read_for(book.id, book.blob_key):
            raise SourceUnavailable("The file that the book names is another book's.")
        async with self._blobs.local(book.blob_key) as path:
            parsed = await self._parser.parse(path, book.file_name, book.media_type)
        await self._texts.put(work.version, parsed.text)
        await self._books.put_layout(work.version, parsed.layout)
        await self._update(
            book.id,
            lambda b: replace(
                b,
                title=parsed.metadata.title or book.title,
                author=parsed.metadata.author or book.author,
                language=parsed.metadata.language,
                description=parsed.metadata.description or book.description,
                warnings=parsed.warnings,
            ),
        )
        await work.tell(Phase.PARSE, 1.0, f"{len(parsed.chapters)} chapters")

    async def _cast(self, work: _Work) -> None:
        book = await self._books.get(work.job.book_id)
        text, layout = await self._text(work.version), await self._books.layout(work.version)
        cast = await self._extract_characters.extract(
            work.version, text, layout, book.language, book.version
        )
        await self._warn(book, cast.warnings)
        detail = f"{len(cast.characters)} characters, {len(cast.quotes):,} quotations"
        await work.tell(Phase.CAST, 1.0, detail)

    async def _persona(self, work: _Work) -> None:
        book = await self._books.get(work.job.book_id)

        async def tell(fraction: float, detail: str) -> None:
            await work.tell(Phase.PERSONA, fraction, detail)

        warnings = await self._write_personas.write(work.version, book.title, book.author, tell)
        await self._warn(book, warnings)

    async def _chunk(self, work: _Work) -> None:
        text, layout = await self._text(work.version), await self._books.layout(work.version)
        count = await self._index_passages.chunk(work.version, text, layout)
        await self._update(work.job.book_id, lambda b: replace(b, total_passages=count))
        await work.tell(Phase.CHUNK, 1.0, f"{count:,} passages")

    async def _embed(self, work: _Work) -> None:
        async def tell(fraction: float, detail: str) -> None:
            await work.tell(Phase.EMBED, fraction, detail)

        await self._index_passages.embed(work.version, tell)

    async def _index(self, work: _Work) -> None:
        await self._index_passages.index(work.version)

    async def _publish(self, work: _Work) -> None:
        book = await self._books.get(work.job.book_id)
        # Of what was corrected since the cast was found; and again when whoever corrects sees this
        # version serve, so that nothing falls between.
        await self._apply_corrections.apply(work.version, book.title, book.author)
        await self._books.publish(work.version)
        await self._apply_corrections.apply(work.version, book.title, book.author)
        await self._index_passages.serve(work.version)
        await self._update(
            work.job.book_id, lambda b: replace(b, status=BookStatus.COMPLETED, failure="")
        )
        await self._retire(work.version)

    async def _retire(self, serving: ContentVersion) -> None:
        # By number, not by what served a moment ago: a run that was killed here is repeated.
        if serving.number > 1:
            await self._content.delete(replace(serving, number=serving.number - 1))

    async def _text(self, version: ContentVersion) -> str:
        return await text_up_to(self._texts, version, WHOLE_BOOK)

    async def _warn(self, book: Book, warnings: tuple[str, ...]) -> None:
        fresh = tuple(w for w in warnings if w not in book.warnings)
        if fresh:
            await self._update(book.id, lambda b: replace(b, warnings=book.warnings + fresh))

    async def _update(self, book_id: BookId, change: Callable[[Book], Book]) -> None:
        changed = change(await self._books.get(book_id))
        await self._books.save(replace(changed, updated_at=self._clock()))
