"""Where things are kept: for each concern the embedded store, or a server that a variable names.

Use cases and inbound adapters ask for the name on the left alone. What is on the right is made on
first use, and a server's client is imported only where it is chosen.
"""

from dependency_injector import containers, providers

from adapters.outbound.caching.books import CachingBookRepository
from adapters.outbound.caching.sessions import CachingSessionRepository
from adapters.outbound.files.blobs import FolderBlobStore
from adapters.outbound.files.prompts import FolderPromptArchive
from adapters.outbound.files.texts import FolderTextStore
from adapters.outbound.sqlite.books import SqliteBookRepository
from adapters.outbound.sqlite.cache import SqliteCache
from adapters.outbound.sqlite.casts import SqliteCastRepository
from adapters.outbound.sqlite.corrections import SqliteCorrectionRepository
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
from adapters.outbound.token_vectors.blob_store import BlobTokenVectors
from bootstrap.clients import build_qdrant, build_redis, build_supabase, build_typesense
from bootstrap.lazily import lazily
from bootstrap.settings import Settings

_REDIS = "adapters.outbound.redis"
_SUPABASE = "adapters.outbound.supabase"


class Stores(containers.DeclarativeContainer):
    settings = providers.Dependency(instance_of=Settings)

    # -- what is spoken with: opened on first use, closed by Resources
    database = providers.Singleton(Database, settings.provided.database_path)
    redis = providers.Singleton(build_redis, settings)
    supabase = providers.Singleton(build_supabase, settings)
    qdrant = providers.Singleton(build_qdrant, settings)
    typesense = providers.Singleton(build_typesense, settings)

    # -- queue, locks, caches, turn events
    jobs = providers.Selector(
        settings.provided.queue,
        embedded=providers.Singleton(SqliteJobQueue, database),
        redis=providers.Singleton(lazily(f"{_REDIS}.jobs:RedisJobQueue"), redis),
    )
    cache = providers.Selector(
        settings.provided.queue,
        embedded=providers.Singleton(SqliteCache, database),
        redis=providers.Singleton(lazily(f"{_REDIS}.cache:RedisCache"), redis),
    )
    session_lock = providers.Selector(
        settings.provided.queue,
        embedded=providers.Singleton(SqliteSessionLock, database),
        redis=providers.Singleton(lazily(f"{_REDIS}.session_lock:RedisSessionLock"), redis),
    )
    turn_stream = providers.Selector(
        settings.provided.queue,
        embedded=providers.Singleton(SqliteTurnStream, database),
        redis=providers.Singleton(lazily(f"{_REDIS}.turn_stream:RedisTurnStream"), redis),
    )

    # -- tables
    _supabase_books = providers.Singleton(
        lazily(f"{_SUPABASE}.books:SupabaseBookRepository"),
        supabase,
        status_words=settings.provided.supabase_status_words,
    )
    books = providers.Selector(
        settings.provided.rows,
        embedded=providers.Singleton(SqliteBookRepository, database),
        supabase=_supabase_books,
        cached=providers.Singleton(CachingBookRepository, _supabase_books, cache),
    )
    casts = providers.Selector(
        settings.provided.tables,
        embedded=providers.Singleton(SqliteCastRepository, database),
        supabase=providers.Singleton(lazily(f"{_SUPABASE}.casts:SupabaseCastRepository"), supabase),
    )
    corrections = providers.Selector(
        settings.provided.tables,
        embedded=providers.Singleton(SqliteCorrectionRepository, database),
        supabase=providers.Singleton(
            lazily(f"{_SUPABASE}.corrections:SupabaseCorrectionRepository"), supabase
        ),
    )
    personas = providers.Selector(
        settings.provided.tables,
        embedded=providers.Singleton(SqlitePersonaRepository, database),
        supabase=providers.Singleton(
            lazily(f"{_SUPABASE}.personas:SupabasePersonaRepository"), supabase
        ),
    )
    passages = providers.Selector(
        settings.provided.tables,
        embedded=providers.Singleton(SqlitePassageRepository, database),
        supabase=providers.Singleton(
            lazily(f"{_SUPABASE}.passages:SupabasePassageRepository"), supabase
        ),
    )
    _supabase_sessions = providers.Singleton(
        lazily(f"{_SUPABASE}.sessions:SupabaseSessionRepository"),
        supabase,
        session_key=settings.provided.supabase_session_key,
    )
    sessions = providers.Selector(
        settings.provided.rows,
        embedded=providers.Singleton(SqliteSessionRepository, database),
        supabase=_supabase_sessions,
        cached=providers.Singleton(CachingSessionRepository, _supabase_sessions, cache),
    )
    reading_progress = providers.Selector(
        settings.provided.tables,
        embedded=providers.Singleton(SqliteReadingProgressRepository, database),
        supabase=providers.Singleton(
            lazily(f"{_SUPABASE}.reading_progress:SupabaseReadingProgressRepository"), supabase
        ),
    )
    idempotency = providers.Selector(
        settings.provided.tables,
        embedded=providers.Singleton(SqliteIdempotencyStore, database),
        supabase=providers.Singleton(
            lazily(f"{_SUPABASE}.idempotency:SupabaseIdempotencyStore"), supabase
        ),
    )

    # -- what an older backend made of books; nothing where there has been none
    older_characters = providers.Selector(
        settings.provided.tables,
        embedded=providers.Object(None),
        supabase=providers.Singleton(
            lazily(f"{_SUPABASE}.older_content:SupabaseOlderCharacters"), supabase
        ),
    )
    older_passages = providers.Selector(
        settings.provided.keywords,
        embedded=providers.Object(None),
        typesense=providers.Singleton(
            lazily("adapters.outbound.typesense.older:TypesenseOlderPassages"), typesense
        ),
    )

    # -- search
    vectors = providers.Selector(
        settings.provided.vectors,
        embedded=providers.Singleton(SqliteVectorIndex, database),
        qdrant=providers.Singleton(
            lazily("adapters.outbound.qdrant.vector_index:QdrantVectorIndex"),
            qdrant,
            collection=settings.provided.qdrant_collection,
        ),
    )
    keywords = providers.Selector(
        settings.provided.keywords,
        embedded=providers.Singleton(SqliteKeywordIndex, database),
        typesense=providers.Singleton(
            lazily("adapters.outbound.typesense.keyword_index:TypesenseKeywordIndex"), typesense
        ),
    )

    # -- files
    blobs = providers.Selector(
        settings.provided.files,
        folder=providers.Singleton(FolderBlobStore, settings.provided.blobs_dir),
        supabase=providers.Singleton(
            lazily(f"{_SUPABASE}.storage_blobs:SupabaseBlobStore"),
            supabase,
            settings.provided.supabase_bucket,
        ),
    )
    texts = providers.Selector(
        settings.provided.files,
        folder=providers.Singleton(FolderTextStore, settings.provided.texts_dir),
        supabase=providers.Singleton(
            lazily(f"{_SUPABASE}.storage_texts:SupabaseTextStore"),
            supabase,
            settings.provided.supabase_bucket,
        ),
    )
    token_vectors = providers.Singleton(BlobTokenVectors, blobs)
    prompt_archive = providers.Singleton(FolderPromptArchive, settings.provided.prompts_dir)
