"""What works: parsers, extractors, language models, embedders, metrics; each as settings choose."""

from dependency_injector import providers

from adapters.outbound.cast.extractor import BuiltinCharacterExtractor
from adapters.outbound.metrics.prometheus import PrometheusMetrics, process_registry
from adapters.outbound.parsing.parser import FileBookParser, RawTextParser
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from application.ports.clock import new_uuid, utc_now
from bootstrap.lazily import lazily
from bootstrap.parts import (
    build_book_source,
    build_chat_model,
    build_embedder,
    build_language_models,
    build_late_interaction,
    build_local_models,
    build_maintenance,
    build_parsing_limits,
    build_persona_writer,
    build_reranker,
    build_text_model,
)
from bootstrap.stores import Stores
from bootstrap.worker_process import WorkerPool


class Engines(Stores):
    settings = Stores.settings
    clock = providers.Object(utc_now)
    new_id = providers.Object(new_uuid)

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
