"""The use cases that take a book in, put it right, give it out and let it go."""

from dependency_injector import providers

from application.apply_corrections import ApplyCorrections
from application.cancel_job import CancelJob
from application.correct_cast import CorrectCast
from application.corrected_casts import CorrectedCasts
from application.delete_book import DeleteBook
from application.estimate_ingest import EstimateIngest
from application.export_book import ExportBook
from application.extract_characters import ExtractCharacters
from application.index_passages import IndexPassages
from application.ingest_book import IngestBook
from application.migrate_books import MigrateBooks
from application.receive_file import ReceiveFile
from application.reindex_book import ReindexBook
from application.resolve_frontier import ResolveFrontier
from application.submit_book import SubmitBook
from application.told_books import ToldBooks
from application.version_content import VersionContent
from application.write_personas import WritePersonas
from bootstrap.engines import Engines
from bootstrap.parts import build_paid_embedder
from bootstrap.spending import budget_of
from bootstrap.stores import Stores


class BookUses(Engines):
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
        parser=Engines.parser,
        new_id=Engines.new_id,
        max_bytes=Stores.settings.provided.max_file_bytes,
    )
    submit_book = providers.Singleton(
        SubmitBook,
        books=Stores.books,
        jobs=Stores.jobs,
        blobs=Stores.blobs,
        receive_file=receive_file,
        idempotency=Stores.idempotency,
        metrics=Engines.metrics,
        clock=Engines.clock,
        new_id=Engines.new_id,
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
        extractor=Engines.extractor,
        corrected_casts=corrected_casts,
        older=Stores.older_characters,
        blobs=Stores.blobs,
        metrics=Engines.metrics,
    )
    write_personas = providers.Singleton(
        WritePersonas,
        casts=Stores.casts,
        texts=Stores.texts,
        personas=Stores.personas,
        archive=Stores.prompt_archive,
        metrics=Engines.metrics,
        clock=Engines.clock,
        books=Stores.books,
        max_characters=Stores.settings.provided.persona_count,
        layers=Stores.settings.provided.persona_layers,
        writer=Engines.persona_writer,
        budget=providers.Callable(budget_of, Stores.settings),
    )
    estimate_ingest = providers.Singleton(
        EstimateIngest,
        parser=Engines.parser,
        extractor=Engines.extractor,
        write_personas=write_personas,
        tokens=Engines.token_counter,
        paid_embedder=providers.Callable(build_paid_embedder, Stores.settings, Engines.embedder),
    )
    index_passages = providers.Singleton(
        IndexPassages,
        casts=Stores.casts,
        passages=Stores.passages,
        embedder=Engines.embedder,
        vectors=Stores.vectors,
        keywords=Stores.keywords,
        tokens=Engines.token_counter,
        late_interaction=Engines.late_interaction,
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
        clock=Engines.clock,
        new_id=Engines.new_id,
    )
    ingest_book = providers.Singleton(
        IngestBook,
        books=Stores.books,
        jobs=Stores.jobs,
        blobs=Stores.blobs,
        texts=Stores.texts,
        source=Engines.book_source,
        parser=Engines.parser,
        receive_file=receive_file,
        extract_characters=extract_characters,
        write_personas=write_personas,
        index_passages=index_passages,
        content=content,
        apply_corrections=apply_corrections,
        prompt_archive=Stores.prompt_archive,
        metrics=Engines.metrics,
        clock=Engines.clock,
    )
    migrate_books = providers.Singleton(
        MigrateBooks,
        books=Stores.books,
        jobs=Stores.jobs,
        metrics=Engines.metrics,
        clock=Engines.clock,
        new_id=Engines.new_id,
    )
    reindex_book = providers.Singleton(
        ReindexBook,
        books=Stores.books,
        jobs=Stores.jobs,
        passages=Stores.passages,
        embedder=Engines.embedder,
        vectors=Stores.vectors,
        metrics=Engines.metrics,
        clock=Engines.clock,
        new_id=Engines.new_id,
        late_interaction=Engines.late_interaction,
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
