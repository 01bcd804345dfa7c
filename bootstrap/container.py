"""The container: which adapter stands behind which port, and what each use case is given.

Names are those that inbound adapters ask for, `Provide["hybrid_search"]`. Everything is made on
first use, so a command pays only for what it touches.
"""

from dependency_injector import providers

from adapters.inbound.worker.job_manager import JobManager
from adapters.outbound.cast.extractor import BuiltinCharacterExtractor
from adapters.outbound.metrics.prometheus import PrometheusMetrics, process_registry
from adapters.outbound.parsing.parser import FileBookParser, RawTextParser
from adapters.outbound.reranking.learned_order import load_learned
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from application.apply_corrections import ApplyCorrections
from application.cancel_job import CancelJob
from application.chat_limits import ChatLimits
from application.chat_turn import ChatTurn
from application.check_leaks import CheckLeaks
from application.correct_cast import CorrectCast
from application.corrected_casts import CorrectedCasts
from application.delete_book import DeleteBook
from application.estimate_ingest import EstimateIngest
from application.export_book import ExportBook
from application.extract_characters import ExtractCharacters
from application.ground_turn import GroundTurn
from application.hybrid_search import HybridSearch
from application.index_passages import IndexPassages
from application.ingest_book import IngestBook
from application.interlocutor import Interlocutors
from application.migrate_books import MigrateBooks
from application.move_session import MoveSession
from application.open_session import OpenSession
from application.ports.clock import new_uuid, utc_now
from application.quotable_books import QuotableBooks
from application.receive_file import ReceiveFile
from application.reindex_book import ReindexBook
from application.reply_readers import ReplyReaders
from application.resolve_frontier import ResolveFrontier
from application.set_progress import SetProgress
from application.submit_book import SubmitBook
from application.told_books import ToldBooks
from application.turn_runner import TurnRunner
from application.version_content import VersionContent
from application.write_personas import WritePersonas
from bootstrap.health import build_diagnosis, build_readiness
from bootstrap.lazily import lazily
from bootstrap.parts import (
    build_book_source,
    build_chat_model,
    build_embedder,
    build_http_config,
    build_language_models,
    build_late_interaction,
    build_local_models,
    build_maintenance,
    build_older_book,
    build_paid_embedder,
    build_parsing_limits,
    build_persona_writer,
    build_reranker,
    build_rewrite_query,
    build_server,
    build_text_model,
    worker_id,
)
from bootstrap.resources import Resources
from bootstrap.spending import budget_of
from bootstrap.stores import Stores
from bootstrap.worker_process import WorkerPool

HEARTBEAT_SECONDS = 2.0  # also how soon a running job notices that it was cancelled


class Container(Stores):
    __self__ = providers.Self()

    settings = Stores.settings
    clock = providers.Object(utc_now)
    new_id = providers.Object(new_uuid)

    # -- what works
    maintenance = providers.Singleton(build_maintenance, settings)
    worker_pool = providers.Singleton(WorkerPool, settings.provided.max_processing_workers)
    parsing_limits = providers.Singleton(build_parsing_limits, settings)
    parser = providers.Singleton(FileBookParser, worker_pool, parsing_limits)
    raw_parser = providers.Singleton(RawTextParser, worker_pool, parsing_limits)
    extractor = providers.Selector(
        settings.provided.character_extractor,
        builtin=providers.Singleton(BuiltinCharacterExtractor, worker_pool),
        booknlp=providers.Singleton(
            lazily("adapters.outbound.booknlp.extractor:BookNlpExtractor"),
            settings.provided.models_dir,
            settings.provided.booknlp_model,
            threads=settings.provided.booknlp_threads,
        ),
    )
    model_files = providers.Singleton(
        lazily("adapters.outbound.booknlp.model_files:BookNlpModelFiles"),
        settings.provided.models_dir,
        settings.provided.booknlp_model,
    )
    book_source = providers.Singleton(build_book_source, settings)
    token_counter = providers.Singleton(TiktokenCounter)
    embedder = providers.Singleton(build_embedder, settings)
    late_interaction = providers.Singleton(build_late_interaction, embedder, Stores.token_vectors)
    language_models = providers.Singleton(build_language_models, settings)
    chat_model = providers.Singleton(build_chat_model, language_models)
    text_model = providers.Singleton(build_text_model, language_models)
    persona_writer = providers.Singleton(build_persona_writer, settings, text_model, token_counter)
    reranker = providers.Singleton(build_reranker, settings)
    local_models = providers.Singleton(build_local_models, settings)
    metrics_registry = providers.Singleton(process_registry)
    metrics = providers.Singleton(PrometheusMetrics, metrics_registry)
    readiness = providers.Singleton(build_readiness, __self__, settings)
    diagnosis = providers.Singleton(build_diagnosis, __self__, settings)

    # -- use cases: books
    resolve_frontier = providers.Singleton(
        ResolveFrontier, books=Stores.books, reading_progress=Stores.reading_progress
    )
    told_books = providers.Singleton(
        ToldBooks,
        casts=Stores.casts,
        reading_progress=Stores.reading_progress,
        resolve_frontier=resolve_frontier,
    )
    content = providers.Singleton(
        VersionContent,
        books=Stores.books,
        blobs=Stores.blobs,
        texts=Stores.texts,
        casts=Stores.casts,
        personas=Stores.personas,
        passages=Stores.passages,
        vectors=Stores.vectors,
        keywords=Stores.keywords,
        token_vectors=Stores.token_vectors,
    )
    receive_file = providers.Singleton(
        ReceiveFile,
        blobs=Stores.blobs,
        parser=parser,
        new_id=new_id,
        max_bytes=settings.provided.max_file_bytes,
    )
    submit_book = providers.Singleton(
        SubmitBook,
        books=Stores.books,
        jobs=Stores.jobs,
        blobs=Stores.blobs,
        receive_file=receive_file,
        idempotency=Stores.idempotency,
        metrics=metrics,
        clock=clock,
        new_id=new_id,
    )
    corrected_casts = providers.Singleton(
        CorrectedCasts,
        casts=Stores.casts,
        texts=Stores.texts,
        blobs=Stores.blobs,
        corrections=Stores.corrections,
    )
    extract_characters = providers.Singleton(
        ExtractCharacters,
        extractor=extractor,
        corrected_casts=corrected_casts,
        older=Stores.older_characters,
        blobs=Stores.blobs,
        metrics=metrics,
    )
    write_personas = providers.Singleton(
        WritePersonas,
        casts=Stores.casts,
        texts=Stores.texts,
        personas=Stores.personas,
        archive=Stores.prompt_archive,
        metrics=metrics,
        clock=clock,
        books=Stores.books,
        max_characters=settings.provided.persona_count,
        layers=settings.provided.persona_layers,
        writer=persona_writer,
        budget=providers.Callable(budget_of, settings),
    )
    estimate_ingest = providers.Singleton(
        EstimateIngest,
        parser=parser,
        extractor=extractor,
        write_personas=write_personas,
        tokens=token_counter,
        paid_embedder=providers.Callable(build_paid_embedder, settings, embedder),
    )
    index_passages = providers.Singleton(
        IndexPassages,
        casts=Stores.casts,
        passages=Stores.passages,
        embedder=embedder,
        vectors=Stores.vectors,
        keywords=Stores.keywords,
        tokens=token_counter,
        late_interaction=late_interaction,
    )
    apply_corrections = providers.Singleton(
        ApplyCorrections,
        books=Stores.books,
        casts=Stores.casts,
        corrected_casts=corrected_casts,
        write_personas=write_personas,
        index_passages=index_passages,
    )
    correct_cast = providers.Singleton(
        CorrectCast,
        books=Stores.books,
        casts=Stores.casts,
        corrections=Stores.corrections,
        corrected_casts=corrected_casts,
        apply_corrections=apply_corrections,
        idempotency=Stores.idempotency,
        clock=clock,
        new_id=new_id,
    )
    ingest_book = providers.Singleton(
        IngestBook,
        books=Stores.books,
        jobs=Stores.jobs,
        blobs=Stores.blobs,
        texts=Stores.texts,
        source=book_source,
        parser=parser,
        receive_file=receive_file,
        extract_characters=extract_characters,
        write_personas=write_personas,
        index_passages=index_passages,
        content=content,
        apply_corrections=apply_corrections,
        prompt_archive=Stores.prompt_archive,
        metrics=metrics,
        clock=clock,
    )
    migrate_books = providers.Singleton(
        MigrateBooks,
        books=Stores.books,
        jobs=Stores.jobs,
        metrics=metrics,
        clock=clock,
        new_id=new_id,
    )
    reindex_book = providers.Singleton(
        ReindexBook,
        books=Stores.books,
        jobs=Stores.jobs,
        passages=Stores.passages,
        embedder=embedder,
        vectors=Stores.vectors,
        metrics=metrics,
        clock=clock,
        new_id=new_id,
        late_interaction=late_interaction,
    )
    cancel_job = providers.Singleton(CancelJob, jobs=Stores.jobs, ingest_book=ingest_book)
    delete_book = providers.Singleton(
        DeleteBook,
        books=Stores.books,
        jobs=Stores.jobs,
        sessions=Stores.sessions,
        corrections=Stores.corrections,
        reading_progress=Stores.reading_progress,
        blobs=Stores.blobs,
        prompt_archive=Stores.prompt_archive,
        content=content,
    )
    export_book = providers.Singleton(
        ExportBook,
        books=Stores.books,
        casts=Stores.casts,
        texts=Stores.texts,
        told_books=told_books,
    )

    # -- use cases: search and conversation
    hybrid_search = providers.Singleton(
        HybridSearch,
        books=Stores.books,
        casts=Stores.casts,
        passages=Stores.passages,
        embedder=embedder,
        vectors=Stores.vectors,
        keywords=Stores.keywords,
        metrics=metrics,
        reranker=reranker,
        late_interaction=late_interaction,
        learned=providers.Singleton(load_learned),
    )
    chat_limits = providers.Singleton(ChatLimits)
    interlocutors = providers.Singleton(
        Interlocutors,
        books=Stores.books,
        casts=Stores.casts,
        texts=Stores.texts,
        passages=Stores.passages,
        personas=Stores.personas,
        clock=clock,
        cache=Stores.cache,
    )
    rewrite_query = providers.Singleton(build_rewrite_query, text_model, Stores.cache, metrics)
    ground_turn = providers.Singleton(
        GroundTurn,
        search=hybrid_search,
        interlocutors=interlocutors,
        passages=Stores.passages,
        tokens=token_counter,
        limits=chat_limits,
        rewrite_query=rewrite_query,
    )
    open_session = providers.Singleton(
        OpenSession,
        books=Stores.books,
        casts=Stores.casts,
        sessions=Stores.sessions,
        resolve_frontier=resolve_frontier,
        clock=clock,
        new_id=new_id,
    )
    move_session = providers.Singleton(
        MoveSession,
        books=Stores.books,
        casts=Stores.casts,
        sessions=Stores.sessions,
        resolve_frontier=resolve_frontier,
    )
    set_progress = providers.Singleton(
        SetProgress,
        reading_progress=Stores.reading_progress,
        resolve_frontier=resolve_frontier,
        move_session=move_session,
        clock=clock,
    )
    older_book = providers.Singleton(
        build_older_book,
        Stores.older_characters,
        Stores.older_passages,
        tokens=token_counter,
        limits=chat_limits,
    )
    quotable_books = providers.Singleton(
        QuotableBooks, books=Stores.books, casts=Stores.casts, texts=Stores.texts
    )
    reply_readers = providers.Singleton(ReplyReaders, quotable_books=quotable_books)
    check_leaks = providers.Singleton(
        CheckLeaks,
        casts=Stores.casts,
        texts=Stores.texts,
        policy=settings.provided.leak_check,
    )
    chat_turn = providers.Singleton(
        ChatTurn,
        sessions=Stores.sessions,
        books=Stores.books,
        lock=Stores.session_lock,
        resolve_frontier=resolve_frontier,
        move_session=move_session,
        interlocutors=interlocutors,
        ground_turn=ground_turn,
        model=chat_model,
        metrics=metrics,
        clock=clock,
        new_id=new_id,
        limits=chat_limits,
        reply_readers=reply_readers,
        check_leaks=check_leaks,
        older_book=older_book,
    )
    turn_runner = providers.Singleton(
        TurnRunner,
        chat_turn=chat_turn,
        stream=Stores.turn_stream,
        max_turns=settings.provided.max_concurrent_turns,
    )

    # -- what drives them
    job_manager = providers.Factory(
        JobManager,
        jobs=Stores.jobs,
        ingest_book=ingest_book,
        metrics=metrics,
        worker_id=providers.Callable(worker_id),
        max_workers=settings.provided.max_processing_workers,
        heartbeat_seconds=HEARTBEAT_SECONDS,
    )
    http_config = providers.Singleton(build_http_config, settings)
    resources = providers.Singleton(Resources, __self__)
    server = providers.Singleton(build_server, __self__, settings)
