"""Everything that takes a book in and lets it go, on the memory adapters, and a worker whose
process dies where a test says so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from adapters.outbound.memory.blobs import MemoryBlobStore
from adapters.outbound.memory.book_parser import MemoryBookParser
from adapters.outbound.memory.book_source import MemoryBookSource
from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.character_extractor import TaggedSpeechExtractor
from adapters.outbound.memory.corrections import MemoryCorrectionRepository
from adapters.outbound.memory.embedder import TermEmbedder
from adapters.outbound.memory.idempotency import MemoryIdempotencyStore
from adapters.outbound.memory.jobs import MemoryJobQueue
from adapters.outbound.memory.keyword_index import MemoryKeywordIndex
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.memory.older_content import MemoryOlderCharacters
from adapters.outbound.memory.passages import MemoryPassageRepository
from adapters.outbound.memory.personas import MemoryPersonaRepository
from adapters.outbound.memory.prompt_archive import MemoryPromptArchive
from adapters.outbound.memory.reading_progress import MemoryReadingProgressRepository
from adapters.outbound.memory.sessions import MemorySessionRepository
from adapters.outbound.memory.texts import MemoryTextStore
from adapters.outbound.memory.token_counter import WordCounter
from adapters.outbound.memory.token_vectors import MemoryTokenVectors
from adapters.outbound.memory.vector_index import MemoryVectorIndex
from application.apply_corrections import ApplyCorrections
from application.cancel_job import CancelJob
from application.correct_cast import CorrectCast
from application.corrected_casts import CorrectedCasts
from application.delete_book import DeleteBook
from application.export_book import ExportBook
from application.extract_characters import ExtractCharacters
from application.hybrid_search import HybridSearch, SearchRequest
from application.index_passages import IndexPassages
from application.ingest_book import IngestBook
from application.late_interaction import LateInteraction
from application.persona_writer import PersonaWriter
from application.receive_file import ReceiveFile
from application.resolve_frontier import ResolveFrontier
from application.submit_book import Submission, SubmitBook
from application.told_books import ToldBooks
from application.version_content import VersionContent
from application.write_personas import WritePersonas
from domain.book import Book, ContentVersion
from domain.frontier import WHOLE_BOOK
from domain.ids import LOCAL_OWNER, BookId, OwnerId
from domain.job import Job, JobLease, JobProgress, Phase
from tests.contract.fake_clock import FakeClock

STORY = """Chapter 1

“Where is the lamp?” said Ada. It had hung in the window since the winter of the flood.

“Gone with the tide,” said Bram. Ada looked at the empty hook and did not answer him.

Chapter 2

“Then we row after it,” said Ada. The harbour lay black, and the oars were wet with rain.
"""
SECOND_EDITION = """Chapter 1

The lantern had hung in the window since the winter of the flood, and the tide took it.

“Where is the lantern?” said Ada. “Ask the ferryman,” said Cora, who had never liked him.
"""
URL = "https://library.example/novels/The%20Lamp.txt"
MAX_BYTES = 10_000
LEASE = 30.0

_Content: TypeAlias = dict[str, object]


class KilledError(Exception):
    """The worker's process has died: nothing that comes after is done."""


async def die() -> None:
    raise KilledError


@dataclass
class Fate:
    """What befalls a run, once: as a phase begins, or when it has done its work and not said so."""

    phase: Phase | None = None
    work_is_done: bool = False
    act: Callable[[], Awaitable[None]] = die

    async def strike(self, phase: Phase, *, work_is_done: bool) -> None:
        if (phase, work_is_done) == (self.phase, self.work_is_done):
            self.phase = None
            await self.act()


class FatefulJobQueue(MemoryJobQueue):
    def __init__(self, clock: FakeClock, fate: Fate) -> None:
        super().__init__(clock=clock, lease_seconds=LEASE, jitter=lambda: 0.0)
        self._fate = fate

    async def report(self, lease: JobLease, progress: JobProgress) -> None:
        await super().report(lease, progress)
        if progress.fraction == 0.0:
            await self._fate.strike(progress.phase, work_is_done=False)

    async def finish_phase(self, lease: JobLease, phase: Phase) -> Job:
        await self._fate.strike(phase, work_is_done=True)
        return await super().finish_phase(lease, phase)


class BusyBookRepository(MemoryBookRepository):
    """Lets others go on before it does anything, so that racing requests interleave."""

    async def add(self, book: Book, *, once_per_content: bool) -> Book:
        await asyncio.sleep(0)
        return await super().add(book, once_per_content=once_per_content)

    async def save(self, book: Book) -> None:
        await asyncio.sleep(0)
        await super().save(book)


@dataclass
class World:
    fate: Fate = field(default_factory=Fate)
    clock: FakeClock = field(default_factory=FakeClock)
    books: MemoryBookRepository = field(default_factory=MemoryBookRepository)
    texts: MemoryTextStore = field(default_factory=MemoryTextStore)
    casts: MemoryCastRepository = field(default_factory=MemoryCastRepository)
    corrections: MemoryCorrectionRepository = field(default_factory=MemoryCorrectionRepository)
    personas: MemoryPersonaRepository = field(default_factory=MemoryPersonaRepository)
    passages: MemoryPassageRepository = field(default_factory=MemoryPassageRepository)
    vectors: MemoryVectorIndex = field(default_factory=MemoryVectorIndex)
    keywords: MemoryKeywordIndex = field(default_factory=MemoryKeywordIndex)
    token_vectors: MemoryTokenVectors = field(default_factory=MemoryTokenVectors)
    sessions: MemorySessionRepository = field(default_factory=MemorySessionRepository)
    progress: MemoryReadingProgressRepository = field(
        default_factory=MemoryReadingProgressRepository
    )
    blobs: MemoryBlobStore = field(default_factory=MemoryBlobStore)
    prompts: MemoryPromptArchive = field(default_factory=MemoryPromptArchive)
    idempotency: MemoryIdempotencyStore = field(default_factory=MemoryIdempotencyStore)
    metrics: MemoryMetrics = field(default_factory=MemoryMetrics)
    parser: MemoryBookParser = field(default_factory=MemoryBookParser)
    extractor: TaggedSpeechExtractor = field(default_factory=TaggedSpeechExtractor)
    older_characters: MemoryOlderCharacters = field(default_factory=MemoryOlderCharacters)
    embedder: TermEmbedder = field(default_factory=TermEmbedder)
    persona_writer: PersonaWriter | None = None
    web: dict[str, bytes] = field(default_factory=lambda: {URL: STORY.encode()})

    def __post_init__(self) -> None:
        ids = (f"id-{number}" for number in count())
        self.jobs = FatefulJobQueue(self.clock, self.fate)
        self.source = MemoryBookSource(self.web)
        self.receive_file = ReceiveFile(
            blobs=self.blobs,
            parser=self.parser,
            new_id=lambda: next(ids),
            max_bytes=MAX_BYTES,
        )
        self.submit_book = SubmitBook(
            books=self.books,
            jobs=self.jobs,
            blobs=self.blobs,
            receive_file=self.receive_file,
            idempotency=self.idempotency,
            metrics=self.metrics,
            clock=self.clock,
            new_id=lambda: next(ids),
        )
        self.content = VersionContent(
            books=self.books,
            blobs=self.blobs,
            texts=self.texts,
            casts=self.casts,
            personas=self.personas,
            passages=self.passages,
            vectors=self.vectors,
            keywords=self.keywords,
            token_vectors=self.token_vectors,
        )
        self.corrected_casts = CorrectedCasts(
            casts=self.casts, texts=self.texts, blobs=self.blobs, corrections=self.corrections
        )
        self.extract_characters = ExtractCharacters(
            extractor=self.extractor,
            corrected_casts=self.corrected_casts,
            blobs=self.blobs,
            metrics=self.metrics,
            older=self.older_characters,
        )
        self.write_personas = WritePersonas(
            books=self.books,
            casts=self.casts,
            texts=self.texts,
            personas=self.personas,
            archive=self.prompts,
            metrics=self.metrics,
            clock=self.clock,
            min_quotes=1,
            writer=self.persona_writer,
        )
        self.late_interaction = LateInteraction(encoder=self.embedder, store=self.token_vectors)
        self.index_passages = IndexPassages(
            casts=self.casts,
            passages=self.passages,
            embedder=self.embedder,
            vectors=self.vectors,
            keywords=self.keywords,
            tokens=WordCounter(),
            late_interaction=self.late_interaction,
        )
        self.apply_corrections = ApplyCorrections(
            books=self.books,
            casts=self.casts,
            corrected_casts=self.corrected_casts,
            write_personas=self.write_personas,
            index_passages=self.index_passages,
        )
        self.correct_cast = CorrectCast(
            books=self.books,
            casts=self.casts,
            corrections=self.corrections,
            corrected_casts=self.corrected_casts,
            apply_corrections=self.apply_corrections,
            idempotency=self.idempotency,
            clock=self.clock,
            new_id=lambda: next(ids),
        )
        self.ingest_book = self._ingest_book()
        self.cancel_job = CancelJob(jobs=self.jobs, ingest_book=self.ingest_book)
        self.delete_book = DeleteBook(
            books=self.books,
            jobs=self.jobs,
            sessions=self.sessions,
            corrections=self.corrections,
            reading_progress=self.progress,
            blobs=self.blobs,
            prompt_archive=self.prompts,
            content=self.content,
        )
        self.resolve_frontier = ResolveFrontier(books=self.books, reading_progress=self.progress)
        self.told_books = ToldBooks(
            casts=self.casts,
            reading_progress=self.progress,
            resolve_frontier=self.resolve_frontier,
        )
        self.export_book = ExportBook(
            books=self.books, casts=self.casts, texts=self.texts, told_books=self.told_books
        )
        self.hybrid_search = HybridSearch(
            books=self.books,
            casts=self.casts,
            passages=self.passages,
            embedder=self.embedder,
            vectors=self.vectors,
            keywords=self.keywords,
            metrics=self.metrics,
            late_interaction=self.late_interaction,
        )

    def _ingest_book(self) -> IngestBook:
        return IngestBook(
            books=self.books,
            jobs=self.jobs,
            blobs=self.blobs,
            texts=self.texts,
            source=self.source,
            parser=self.parser,
            receive_file=self.receive_file,
            extract_characters=self.extract_characters,
            write_personas=self.write_personas,
            index_passages=self.index_passages,
            content=self.content,
            apply_corrections=self.apply_corrections,
            prompt_archive=self.prompts,
            metrics=self.metrics,
            clock=self.clock,
        )

    # What a reader does

    async def upload(
        self,
        text: str = STORY,
        *,
        book_id: BookId | None = None,
        key: str | None = None,
        owner_id: OwnerId = LOCAL_OWNER,
    ) -> Submission:
        return await self.submit_book.from_upload(
            in_blocks(text.encode()),
            file_name="The Lamp.txt",
            media_type="text/plain",
            owner_id=owner_id,
            book_id=book_id,
            idempotency_key=key,
        )

    async def post_url(
        self, url: str = URL, *, book_id: BookId | None = None, key: str | None = None
    ) -> Submission:
        return await self.submit_book.from_url(
            url, owner_id=LOCAL_OWNER, book_id=book_id, idempotency_key=key
        )

    async def book(self, book_id: BookId) -> Book:
        return await self.books.get(book_id)

    async def first_found(self, book_id: BookId, query: str) -> str:
        """The text of the best passage, of the version that serves."""
        version = (await self.book(book_id)).version
        assert version is not None
        result = await self.hybrid_search.search(SearchRequest(version, query))
        return result.hits[0].passage.text

    # What a worker does

    async def lease(self) -> JobLease:
        lease = await self.jobs.claim("worker")
        assert lease is not None
        return lease

    async def run(self, lease: JobLease) -> None:
        async def report(progress: JobProgress) -> None:
            await self.jobs.report(lease, progress)

        await self.ingest_book.run(lease, report)

    async def work(self) -> Job:
        """Do the next job to its good end."""
        lease = await self.lease()
        await self.run(lease)
        await self.jobs.complete(lease)
        return await self.jobs.get(lease.job.id)

    async def run_until_killed(self, phase: Phase, *, work_is_done: bool = False) -> JobLease:
        """The lease that the dead worker held."""
        self.fate.phase, self.fate.work_is_done = phase, work_is_done
        lease = await self.lease()
        try:
            await self.run(lease)
        except KilledError:
            return lease
        raise AssertionError(f"the run never came to {phase}")

    async def lease_runs_out(self) -> None:
        await self.clock.advance(LEASE + 1)

    async def ingested(self, text: str = STORY, *, book_id: BookId | None = None) -> Book:
        submission = await self.upload(text, book_id=book_id)
        await self.work()
        return await self.book(submission.book.id)

    # What is kept

    def content_of(self, version: ContentVersion) -> _Content:
        """By the name of the store; what was never made, or is gone, is left out."""
        vectors = self.vectors.indices.get(version)
        found: _Content = {
            "layout": self.books.layouts.get(version),
            "text": self.texts.texts.get(version),
            "cast": self.casts.casts.get(version),
            "personas": {
                who: persona.prompt
                for (of, who, _), persona in self.personas.personas.items()
                if of == version
            },
            "passages": self.passages.passages.get(version),
            "vectors": vectors and vectors.entries,
            "token vectors": self.token_vectors.versions.get(version, ("", None))[0],
            "keywords": self.keywords.passages.get(version),
        }
        return {name: content for name, content in found.items() if content}

    def traces_of(self, book_id: BookId) -> set[str]:
        """The names of all stores that know of the book."""
        versions = [ContentVersion(book_id, number) for number in range(10)]
        kept: dict[str, object] = {
            "books": book_id in self.books.books,
            "content": any(self.content_of(version) for version in versions),
            "jobs": any(job.book_id == book_id for job in self.jobs.jobs),
            "corrections": bool(self.corrections.corrections.get(book_id)),
            "sessions": any(s.book_id == book_id for s in self.sessions.sessions.values()),
            "progress": any(of == book_id for _, of in self.progress.progress),
            "blobs": any(book_id in key for key in self.blobs.blobs),
            "prompts": any(of == book_id for of, _ in self.prompts.prompts),
        }
        return {name for name, is_kept in kept.items() if is_kept}

    async def names_and_ids(self, book: Book) -> dict[str, str]:
        assert book.version is not None
        cast = await self.casts.get(book.version, WHOLE_BOOK)
        return {character.name: character.id for character in cast.characters}


async def in_blocks(content: bytes, size: int = 64) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]
