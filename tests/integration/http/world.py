"""A small book on the memory adapters, with a scripted turn in place of a language model."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from dependency_injector import containers, providers
from prometheus_client import CollectorRegistry

from adapters.inbound.http.config import HttpConfig
from adapters.outbound.memory.blobs import MemoryBlobStore
from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.corrections import MemoryCorrectionRepository
from adapters.outbound.memory.embedder import TermEmbedder
from adapters.outbound.memory.idempotency import MemoryIdempotencyStore
from adapters.outbound.memory.jobs import MemoryJobQueue
from adapters.outbound.memory.keyword_index import MemoryKeywordIndex
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.memory.passages import MemoryPassageRepository
from adapters.outbound.memory.personas import MemoryPersonaRepository
from adapters.outbound.memory.prompt_archive import MemoryPromptArchive
from adapters.outbound.memory.reading_progress import MemoryReadingProgressRepository
from adapters.outbound.memory.session_lock import MemorySessionLock
from adapters.outbound.memory.sessions import MemorySessionRepository
from adapters.outbound.memory.texts import MemoryTextStore
from adapters.outbound.memory.token_counter import WordCounter
from adapters.outbound.memory.turn_stream import MemoryTurnStream
from adapters.outbound.memory.vector_index import MemoryVectorIndex
from application.apply_corrections import ApplyCorrections
from application.chat_turn import AdmittedTurn, ChatTurn, Emit, TurnRequest
from application.check_health import CheckHealth, Dependency
from application.correct_cast import CorrectCast
from application.corrected_casts import CorrectedCasts
from application.hybrid_search import SearchRequest
from application.index_passages import IndexPassages
from application.move_session import MoveSession
from application.open_session import OpenSession
from application.ports.clock import new_uuid, utc_now
from application.ports.health import Health
from application.receive_file import ReceiveFile
from application.resolve_frontier import ResolveFrontier
from application.set_progress import SetProgress
from application.submit_book import SubmitBook
from application.told_books import ToldBooks
from application.turn_runner import TurnRunner
from application.write_personas import WritePersonas
from domain.book import Book, BookLayout, Chapter, ContentVersion, ParsedBook, SourceAnchor
from domain.cast import Alias, Cast, Character, Gender, Mention, Merge, Quote
from domain.conversation import Message, MessageState, Role
from domain.epub_locator import locate
from domain.errors import EmptyBook, FalsafaError, InvalidInput, SessionNotFound
from domain.ids import (
    LOCAL_OWNER,
    BookId,
    CharacterId,
    JobId,
    MessageId,
    OwnerId,
    QuoteId,
)
from domain.job import Job
from domain.passage import Passage, SearchHit, SearchResult
from domain.span import Span
from domain.turn import FinishReason, TextDelta, TurnDone, TurnFailed, TurnStarted, Usage

TEXT = (
    "Chapter 1\n\n“Now, what I want is, Facts,” said Mr. Gradgrind. The stranger bowed.\n\n"
    "Chapter 2\n\n“I am Louisa,” said the stranger. “Facts alone!” cried Gradgrind.\n"
)
SECOND = TEXT.index("Chapter 2")
ANCHORS = (  # as if each chapter were a document of an EPUB, with one paragraph
    SourceAnchor(0, "text/1.xhtml", 0, f"/6/2!/4/2/1:0+{SECOND}"),
    SourceAnchor(SECOND, "text/2.xhtml", 1, f"/6/4!/4/2/1:0+{len(TEXT) - SECOND}"),
)
BOOK = BookId("4f0c3a52-8a0a-4b7c-9a0e-2f5f3c0d1e11")
VERSION = ContentVersion(BOOK, 1)
GRADGRIND = CharacterId("0b6e1d7c-4d0f-4ab4-8d6c-7a1f0b8c9d10")
STRANGER = CharacterId("0b6e1d7c-4d0f-4ab4-8d6c-7a1f0b8c9d11")
LOUISA = CharacterId("0b6e1d7c-4d0f-4ab4-8d6c-7a1f0b8c9d12")
STRANGER_USER = OwnerId("7c9e6679-7425-40de-944b-e07fc1f90ae7")
THEN = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def span_of(words: str, *, after: int = 0) -> Span:
    start = TEXT.index(words, after)
    return Span(start, start + len(words))


def small_book() -> Book:
    return Book(
        id=BOOK,
        owner_id=LOCAL_OWNER,
        title="Hard Times",
        author="Charles Dickens",
        content_hash="00",
        created_at=THEN,
        updated_at=THEN,
        serving=1,
    )


def small_cast() -> Cast:
    def person(who: CharacterId, name: str, gender: Gender | None = None) -> Character:
        first = span_of(name)
        return Character(who, name, (Alias(name, first.end, 1),), first, gender)

    facts, louisa = span_of("Now, what I want is, Facts,"), span_of("I am Louisa,")
    alone = span_of("Facts alone!")
    told = span_of("said the stranger").end
    return Cast(
        characters=(
            person(GRADGRIND, "Mr. Gradgrind", Gender.MALE),
            person(STRANGER, "The stranger"),
            person(LOUISA, "Louisa", Gender.FEMALE),
        ),
        quotes=(
            Quote(
                QuoteId("11111111-0000-4000-8000-000000000001"),
                facts,
                0,
                GRADGRIND,
                0.9,
                addressee_ids=(STRANGER,),
                known_from=span_of("Mr. Gradgrind").end,
            ),
            Quote(
                QuoteId("11111111-0000-4000-8000-000000000002"),
                louisa,
                1,
                LOUISA,
                0.8,
                addressee_ids=(GRADGRIND,),
                known_from=told,
            ),
            Quote(QuoteId("11111111-0000-4000-8000-000000000003"), alone, 2, None, 0.0),
        ),
        mentions=(
            Mention(span_of("Mr. Gradgrind"), GRADGRIND, alias="Mr. Gradgrind"),
            Mention(span_of("The stranger"), STRANGER, alias="The stranger"),
            Mention(span_of("Louisa"), LOUISA, alias="Louisa"),
        ),
        merges=(Merge(STRANGER, LOUISA, told),),
    )


class PlainParser:
    """Takes whatever is not empty."""

    async def check(self, path: Path, file_name: str, media_type: str) -> str:
        if not await asyncio.to_thread(path.read_bytes):
            raise EmptyBook("The file is empty.")
        return media_type or "text/plain"

    async def parse(self, path: Path, file_name: str, media_type: str) -> ParsedBook:
        raise NotImplementedError


class FoundEverything:
    """A search that finds the first sentence, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[SearchRequest] = []

    async def search(self, request: SearchRequest) -> SearchResult:
        self.asked.append(request)
        span = span_of("The stranger bowed.")
        passage = Passage(0, span, 0, span.of(TEXT))
        place = locate(BookLayout(len(TEXT), (), ANCHORS), span)
        hit = SearchHit(1, passage, "Chapter 1", (span_of("bowed"),), place)
        return SearchResult((hit,), ("keywords",), ("No vectors.",))


class ScriptedTurn:
    """Says its words one by one; at a None it waits until it is let on, or stopped."""

    def __init__(self, sessions: MemorySessionRepository, lock: MemorySessionLock) -> None:
        self.script: list[str | FalsafaError | None] = ["Facts ", "alone."]
        self.go_on = asyncio.Event()
        self.waiting = asyncio.Event()
        self.requests: list[TurnRequest] = []
        self.read_up_to: int | None = None
        self._sessions = sessions
        self._lock = lock

    async def admit(self, request: TurnRequest) -> AdmittedTurn:
        session = await self._sessions.get(request.session_id)
        if (request.user_id, request.book_id or BOOK, request.character_id or GRADGRIND) != (
            session.user_id,
            session.book_id,
            session.character_id,
        ):
            raise SessionNotFound("There is no such session.")
        if request.message == "refuse":
            raise InvalidInput("Write something else.")
        self.requests.append(request)
        return cast(AdmittedTurn, _Admitted(request, session))

    async def run(self, turn: AdmittedTurn, emit: Emit, stop: asyncio.Event) -> None:
        async with self._lock.hold(turn.session.id) as lease:
            question = _message(turn.request, Role.USER, turn.request.message)
            await self._sessions.append(question, lease.fence)
            turn_id, page = turn.request.turn_id, self.read_up_to
            await emit(TurnStarted(turn_id, turn.session.id, question.id, page))
            said, reason = await self._say(emit, stop)
            state = MessageState.COMPLETE if reason is FinishReason.STOP else MessageState.PARTIAL
            reply = replace(_message(turn.request, Role.ASSISTANT, said), state=state)
            await self._sessions.append(reply, lease.fence)
            usage = Usage(3, 2)
            await emit(
                TurnDone(turn.request.turn_id, reason, question.id, reply.id, (), usage, "script")
            )

    async def _say(self, emit: Emit, stop: asyncio.Event) -> tuple[str, FinishReason]:
        said = ""
        for word in self.script:
            if isinstance(word, FalsafaError):
                await emit(TurnFailed(word.code, word.message))
                return said, FinishReason.ERROR
            if word is None:
                self.waiting.set()
                waits = [asyncio.create_task(event.wait()) for event in (self.go_on, stop)]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
                if stop.is_set():
                    return said, FinishReason.CANCELLED
            else:
                said += word
                await emit(TextDelta(word))
        return said, FinishReason.STOP


@dataclass(frozen=True)
class _Admitted:
    request: TurnRequest
    session: object


def _message(request: TurnRequest, role: Role, content: str) -> Message:
    return Message(
        id=MessageId(new_uuid()),
        session_id=request.session_id,
        turn_id=request.turn_id,
        role=role,
        content=content,
        created_at=utc_now(),
    )


class Deleting:
    def __init__(self, books: MemoryBookRepository) -> None:
        self._books = books

    async def delete(self, book_id: BookId) -> None:
        await self._books.delete(book_id)


class Cancelling:
    def __init__(self, jobs: MemoryJobQueue) -> None:
        self._jobs = jobs

    async def cancel(self, job_id: JobId) -> Job:
        return await self._jobs.cancel(job_id)


@dataclass
class Check:
    health: Health = field(default_factory=lambda: Health("queue", True, "memory", 0.1))

    async def check(self) -> Health:
        return self.health


class World:
    def __init__(self, config: HttpConfig) -> None:
        self.config = config
        self.books = MemoryBookRepository()
        self.casts = MemoryCastRepository()
        self.texts = MemoryTextStore()
        self.corrections = MemoryCorrectionRepository()
        self.personas = MemoryPersonaRepository()
        self.sessions = MemorySessionRepository()
        self.progress = MemoryReadingProgressRepository()
        self.jobs = MemoryJobQueue()
        self.blobs = MemoryBlobStore()
        self.idempotency = MemoryIdempotencyStore()
        self.metrics = MemoryMetrics()
        self.search = FoundEverything()
        self.lock = MemorySessionLock()
        self.turn = ScriptedTurn(self.sessions, self.lock)
        self.stream = MemoryTurnStream()
        self.turns = TurnRunner(
            chat_turn=cast(ChatTurn, self.turn), stream=self.stream, max_turns=10
        )
        self.check = Check()
        self.registry = CollectorRegistry()

    async def fill(self) -> None:
        await self.books.add(small_book(), once_per_content=False)
        chapters = (
            Chapter(0, "Chapter 1", Span(0, SECOND), number=1, heading=span_of("Chapter 1")),
            Chapter(
                1, "Chapter 2", Span(SECOND, len(TEXT)), number=2, heading=span_of("Chapter 2")
            ),
        )
        await self.books.put_layout(VERSION, BookLayout(len(TEXT), chapters, ANCHORS))
        await self.texts.put(VERSION, TEXT)
        await self.casts.put(VERSION, small_cast())

    def _correct_cast(self) -> CorrectCast:
        corrected_casts = CorrectedCasts(
            casts=self.casts, texts=self.texts, blobs=self.blobs, corrections=self.corrections
        )
        return CorrectCast(
            books=self.books,
            casts=self.casts,
            corrections=self.corrections,
            corrected_casts=corrected_casts,
            apply_corrections=ApplyCorrections(
                books=self.books,
                casts=self.casts,
                corrected_casts=corrected_casts,
                write_personas=WritePersonas(
                    books=self.books,
                    casts=self.casts,
                    texts=self.texts,
                    personas=self.personas,
                    archive=MemoryPromptArchive(),
                    metrics=self.metrics,
                    clock=utc_now,
                    min_quotes=1,
                ),
                index_passages=IndexPassages(
                    casts=self.casts,
                    passages=MemoryPassageRepository(),
                    embedder=TermEmbedder(),
                    vectors=MemoryVectorIndex(),
                    keywords=MemoryKeywordIndex(),
                    tokens=WordCounter(),
                ),
            ),
            idempotency=self.idempotency,
            clock=utc_now,
            new_id=new_uuid,
        )

    def container(self) -> containers.DynamicContainer:
        resolve = ResolveFrontier(books=self.books, reading_progress=self.progress)
        move_session = MoveSession(
            books=self.books, casts=self.casts, sessions=self.sessions, resolve_frontier=resolve
        )
        receive = ReceiveFile(
            blobs=self.blobs,
            parser=PlainParser(),
            new_id=new_uuid,
            max_bytes=self.config.max_upload_bytes,
        )
        parts = {
            "submit_book": SubmitBook(
                books=self.books,
                jobs=self.jobs,
                blobs=self.blobs,
                receive_file=receive,
                idempotency=self.idempotency,
                metrics=self.metrics,
                clock=utc_now,
                new_id=new_uuid,
            ),
            "open_session": OpenSession(
                books=self.books,
                casts=self.casts,
                sessions=self.sessions,
                resolve_frontier=resolve,
                clock=utc_now,
                new_id=new_uuid,
            ),
            "correct_cast": self._correct_cast(),
            "delete_book": Deleting(self.books),
            "cancel_job": Cancelling(self.jobs),
            "resolve_frontier": resolve,
            "move_session": move_session,
            "set_progress": SetProgress(
                reading_progress=self.progress,
                resolve_frontier=resolve,
                move_session=move_session,
                clock=utc_now,
            ),
            "told_books": ToldBooks(
                casts=self.casts, reading_progress=self.progress, resolve_frontier=resolve
            ),
            "hybrid_search": self.search,
            "turn_runner": self.turns,
            "books": self.books,
            "casts": self.casts,
            "texts": self.texts,
            "sessions": self.sessions,
            "reading_progress": self.progress,
            "idempotency": self.idempotency,
            "jobs": self.jobs,
            "readiness": CheckHealth([Dependency("queue", self.check)]),
            "metrics_registry": self.registry,
        }
        container = containers.DynamicContainer()
        for name, part in parts.items():
            container.set_provider(name, providers.Object(part))
        return container
