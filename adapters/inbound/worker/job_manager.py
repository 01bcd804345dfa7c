"""Claims jobs, never more than its limit at once, and sees each to its end."""

import asyncio
from contextlib import suppress

import structlog

from adapters.inbound.worker.job_run import JobRun
from application.ingest_book import IngestBook
from application.ports.job_queue import JobQueue
from application.ports.metrics import Metrics
from domain.errors import Unavailable
from domain.job import LEASE_SECONDS, JobLease

log = structlog.get_logger()

IDLE_WAIT = 5.0  # seconds a look at the queue may sleep; a new job wakes it at once
BACKOFF = 2.0  # seconds before the next try when the queue itself is away


class JobManager:
    def __init__(
        self,
        *,
        jobs: JobQueue,
        ingest_book: IngestBook,
        metrics: Metrics,
        worker_id: str,
        max_workers: int,
        heartbeat_seconds: float = 10.0,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._jobs = jobs
        self._ingest_book = ingest_book
        self._metrics = metrics
        self._worker_id = worker_id
        self._max_workers = max_workers
        self._heartbeat_seconds = heartbeat_seconds
        self._lease_seconds = lease_seconds
        self._claiming = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._slot_free = asyncio.Event()

    @property
    def running(self) -> int:
        return len(self._running)

    async def run(self) -> None:
        """Work until cancelled; then jobs under way go back to the queue, their phases kept."""
        try:
            while True:
                try:
                    await self._next()
                except Unavailable as error:
                    log.warning("queue_unavailable", code=error.code)
                    await asyncio.sleep(BACKOFF)
        finally:
            await self._stop()

    async def claim_one(self) -> bool:
        """Claim a job and start on it; False if there is none, or no slot.

        The lock spans the count and the claim: two callers between them never pass the limit.
        """
        async with self._claiming:
            if len(self._running) >= self._max_workers:
                return False
            lease = await self._jobs.claim(self._worker_id)
            if lease is None:
                return False
            self._start(lease)
            return True

    async def drain(self) -> None:
        """Work until the queue has nothing left to claim and nothing runs."""
        while await self.claim_one() or self._running:
            if self._running:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def _next(self) -> None:
        if await self.claim_one():
            return
        if len(self._running) >= self._max_workers:
            self._slot_free.clear()
            await self._slot_free.wait()
        else:
            await self._jobs.wait(IDLE_WAIT)

    def _start(self, lease: JobLease) -> None:
        run = JobRun(
            lease,
            jobs=self._jobs,
            ingest_book=self._ingest_book,
            metrics=self._metrics,
            heartbeat_seconds=self._heartbeat_seconds,
            lease_seconds=self._lease_seconds,
        )
        task = asyncio.create_task(run.to_its_end(), name=f"job-{lease.job.id}")
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._slot_free.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("job_run_failed", error=type(error).__name__, exc_info=error)

    async def _stop(self) -> None:
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):  # told by _ended
                await task
