"""The container: which adapter stands behind which port, and what each use case is given.

Names are those that inbound adapters ask for, `Provide["hybrid_search"]`. Everything is made on
first use, so a command pays only for what it touches.
"""

from dependency_injector import containers, providers

from adapters.inbound.worker.job_manager import JobManager
from adapters.outbound.cast.extractor import BuiltinCharacterExtractor
from adapters.outbound.files.blobs import FolderBlobStore
from adapters.outbound.files.prompts import FolderPromptArchive
from adapters.outbound.files.texts import FolderTextStore
from adapters.outbound.metrics.prometheus import PrometheusMetrics, process_registry
from adapters.outbound.parsing.parser import FileBookParser, RawTextParser
from adapters.outbound.sqlite.books import SqliteBookRepository
from adapters.outbound.sqlite.cache import SqliteCache
from adapters.outbound.sqlite.casts import SqliteCastRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.idempotency import SqliteIdempotencyStore
from adapters.outbound.sqlite.jobs import SqliteJobQueue
from adapters.outbound.sqlite.keyword_index import SqliteKeywordIndex
from adapters.outbound.sqlite.passages import SqlitePassageRepository
from adapters.outbound.sqlite.personas import SqlitePersonaRepository
from adapters.outbound.sqlite.reading_progress import SqliteReadingProgressRepository
from adapters.outbound.sqlite.session_lock import SqliteSessionLock
from adapters.outbound.sqlite.sessions import SqliteSessionRepository
from adapters.outbound.sqlite.turn_stream import SqliteTurnStream
from adapters.outbound.sqlite.vector_index import SqliteVectorIndex
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from application.cancel_job import CancelJob
from application.chat_limits import ChatLimits
from application.chat_turn import ChatTurn
from application.delete_book import DeleteBook
from application.export_book import ExportBook
from application.extract_characters import ExtractCharacters
from application.ground_turn import GroundTurn
from application.hybrid_search import HybridSearch
from application.index_passages import IndexPassages
from application.ingest_book import IngestBook
from application.interlocutor import Interlocutors
from application.open_session import OpenSession
from application.ports.clock import new_uuid, utc_now
from application.receive_file import ReceiveFile
from application.resolve_frontier import ResolveFrontier
from application.submit_book import SubmitBook
from application.turn_runner import TurnRunner
from application.version_content import VersionContent
from application.write_personas import WritePersonas
from bootstrap.parts import (
    build_book_source,
    build_chat_model,
    build_embedder,
    build_health_checks,
    build_http_config,
    build_local_models,
    build_maintenance,
    build_parsing_limits,
    build_server,
    worker_id,
)
from bootstrap.resources import Resources
from bootstrap.settings import Settings
from bootstrap.worker_process import WorkerPool

HEARTBEAT_SECONDS = 2.0  # also how soon a running job notices that it was cancelled


class Container(containers.DeclarativeContainer):
    __self__ = providers.Self()

    settings = providers.Dependency(instance_of=Settings)
    clock = providers.Object(utc_now)
    new_id = providers.Object(new_uuid)

    # -- what is kept: one database file and folders beside it
    database = providers.Singleton(Database, settings.provided.database_path)
    books = providers.Singleton(SqliteBookRepository, database)
    casts = providers.Singleton(SqliteCastRepository, database)
    personas = providers.Singleton(SqlitePersonaRepository, database)
    passages = providers.Singleton(SqlitePassageRepository, database)
    sessions = providers.Singleton(SqliteSessionRepository, database)
    reading_progress = providers.Singleton(SqliteReadingProgressRepository, database)
    idempotency = providers.Singleton(SqliteIdempotencyStore, database)
    jobs = providers.Singleton(SqliteJobQueue, database)
    cache = providers.Singleton(SqliteCache, database)
    session_lock = providers.Singleton(SqliteSessionLock, database)
    turn_stream = providers.Singleton(SqliteTurnStream, database)
    vectors = providers.Singleton(SqliteVectorIndex, database)
    keywords = providers.Singleton(SqliteKeywordIndex, database)
    blobs = providers.Singleton(FolderBlobStore, settings.provided.blobs_dir)
    texts = providers.Singleton(FolderTextStore, settings.provided.texts_dir)
    prompt_archive = providers.Singleton(FolderPromptArchive, settings.provided.prompts_dir)
    maintenance = providers.Singleton(build_maintenance, settings)

    # -- what works
    worker_pool = providers.Singleton(WorkerPool, settings.provided.max_processing_workers)
    parsing_limits = providers.Singleton(build_parsing_limits, settings)
    parser = providers.Singleton(FileBookParser, worker_pool, parsing_limits)
    raw_parser = providers.Singleton(RawTextParser, worker_pool, parsing_limits)
    extractor = providers.Singleton(BuiltinCharacterExtractor, worker_pool)
    book_source = providers.Singleton(build_book_source, settings)
    token_counter = providers.Singleton(TiktokenCounter)
    embedder = providers.Singleton(build_embedder, settings)
    chat_model = providers.Singleton(build_chat_model, settings)
    local_models = providers.Singleton(build_local_models, settings)
    metrics_registry = providers.Singleton(process_registry)
    metrics = providers.Singleton(PrometheusMetrics, metrics_registry)
    health_checks = providers.Singleton(build_health_checks, settings, database)

    # -- use cases: books
    resolve_frontier = providers.Singleton(ResolveFrontier, books=books)
    content = providers.Singleton(
        VersionContent,
        books=books,
        texts=texts,
        casts=casts,
        personas=personas,
        passages=passages,
        vectors=vectors,
        keywords=keywords,
    )
    receive_file = providers.Singleton(
        ReceiveFile,
        blobs=blobs,
        parser=parser,
        new_id=new_id,
        max_bytes=settings.provided.max_file_bytes,
    )
    submit_book = providers.Singleton(
        SubmitBook,
        books=books,
        jobs=jobs,
        blobs=blobs,
        receive_file=receive_file,
        idempotency=idempotency,
        metrics=metrics,
        clock=clock,
        new_id=new_id,
    )
    extract_characters = providers.Singleton(
        ExtractCharacters, extractor=extractor, casts=casts, metrics=metrics
    )
    write_personas = providers.Singleton(
        WritePersonas,
        casts=casts,
        texts=texts,
        personas=personas,
        archive=prompt_archive,
        metrics=metrics,
        clock=clock,
        max_characters=settings.provided.persona_count,
    )
    index_passages = providers.Singleton(
        IndexPassages,
        casts=casts,
        passages=passages,
        embedder=embedder,
        vectors=vectors,
        keywords=keywords,
        tokens=token_counter,
    )
    ingest_book = providers.Singleton(
        IngestBook,
        books=books,
        jobs=jobs,
        blobs=blobs,
        texts=texts,
        source=book_source,
        parser=parser,
        receive_file=receive_file,
        extract_characters=extract_characters,
        write_personas=write_personas,
        index_passages=index_passages,
        content=content,
        prompt_archive=prompt_archive,
        metrics=metrics,
        clock=clock,
    )
    cancel_job = providers.Singleton(CancelJob, jobs=jobs, ingest_book=ingest_book)
    delete_book = providers.Singleton(
        DeleteBook,
        books=books,
        jobs=jobs,
        sessions=sessions,
        reading_progress=reading_progress,
        blobs=blobs,
        prompt_archive=prompt_archive,
        content=content,
    )
    export_book = providers.Singleton(ExportBook, books=books, casts=casts, texts=texts)

    # -- use cases: search and conversation
    hybrid_search = providers.Singleton(
        HybridSearch,
        books=books,
        passages=passages,
        embedder=embedder,
        vectors=vectors,
        keywords=keywords,
        metrics=metrics,
    )
    chat_limits = providers.Singleton(ChatLimits)
    interlocutors = providers.Singleton(
        Interlocutors,
        books=books,
        casts=casts,
        texts=texts,
        passages=passages,
        personas=personas,
        clock=clock,
    )
    ground_turn = providers.Singleton(
        GroundTurn,
        search=hybrid_search,
        interlocutors=interlocutors,
        passages=passages,
        tokens=token_counter,
        limits=chat_limits,
    )
    open_session = providers.Singleton(
        OpenSession,
        books=books,
        casts=casts,
        sessions=sessions,
        reading_progress=reading_progress,
        resolve_frontier=resolve_frontier,
        clock=clock,
        new_id=new_id,
    )
    chat_turn = providers.Singleton(
        ChatTurn,
        sessions=sessions,
        books=books,
        lock=session_lock,
        resolve_frontier=resolve_frontier,
        interlocutors=interlocutors,
        ground_turn=ground_turn,
        model=chat_model,
        metrics=metrics,
        clock=clock,
        new_id=new_id,
        limits=chat_limits,
    )
    turn_runner = providers.Singleton(
        TurnRunner,
        chat_turn=chat_turn,
        stream=turn_stream,
        max_turns=settings.provided.max_concurrent_turns,
    )

    # -- what drives them
    job_manager = providers.Factory(
        JobManager,
        jobs=jobs,
        ingest_book=ingest_book,
        metrics=metrics,
        worker_id=providers.Callable(worker_id),
        max_workers=settings.provided.max_processing_workers,
        heartbeat_seconds=HEARTBEAT_SECONDS,
    )
    http_config = providers.Singleton(build_http_config, settings)
    resources = providers.Singleton(Resources, __self__)
    server = providers.Singleton(build_server, __self__, settings)
