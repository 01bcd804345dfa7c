"""The container: which adapter stands behind which port, and what each use case is given.

Each module adds what its own rests on: `Stores`, `Engines`, `BookUses`, `ReaderUses`, and here what
drives them. Names are those that inbound adapters ask for, `Provide["hybrid_search"]`. Everything
is made on first use, so a command pays only for what it touches.
"""

from dependency_injector import providers

from adapters.inbound.worker.job_manager import JobManager
from bootstrap.book_uses import BookUses
from bootstrap.engines import Engines
from bootstrap.health import build_diagnosis, build_readiness
from bootstrap.parts import build_http_config, build_server, worker_id
from bootstrap.reader_uses import ReaderUses
from bootstrap.resources import Resources
from bootstrap.stores import Stores

HEARTBEAT_SECONDS = 2.0  # also how soon a running job notices that it was cancelled


class Container(ReaderUses):
    __self__ = providers.Self()

    readiness = providers.Singleton(build_readiness, __self__, Stores.settings)
    diagnosis = providers.Singleton(build_diagnosis, __self__, Stores.settings)
    job_manager = providers.Factory(
        JobManager,
        jobs=Stores.jobs,
        ingest_book=BookUses.ingest_book,
        metrics=Engines.metrics,
        worker_id=providers.Callable(worker_id),
        max_workers=Stores.settings.provided.max_processing_workers,
        heartbeat_seconds=HEARTBEAT_SECONDS,
    )
    http_config = providers.Singleton(build_http_config, Stores.settings)
    resources = providers.Singleton(Resources, __self__)
    server = providers.Singleton(build_server, __self__, Stores.settings)
