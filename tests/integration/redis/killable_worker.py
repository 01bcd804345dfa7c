"""A worker in a process of its own, to be killed: the real one, with a small ingest.

What it makes of a book is kept in a SQLite file, keyed as the passages of a real ingest are, so
that work done twice leaves one effect; and each thing it does is told in a log, where it shows.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import sqlite3
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, cast

from adapters.inbound.worker.job_manager import JobManager
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.jobs import RedisJobQueue
from application.ingest_book import IngestBook, Report
from domain.ids import JobId
from domain.job import Job, JobError, JobLease, JobProgress, Phase

PASSAGES = 4  # of each book
POISON = "https://example.org/poison"  # a file that kills whoever reads it
ENDLESS = "https://example.org/endless"  # one that is only read to its end at a second attempt


@dataclass
class Workshop:
    """Where workers leave their effects and their log."""

    folder: Path
    pause: float = 0.01  # seconds that a passage takes
    lease: float = 1.0
    slots: int = 2  # jobs at once in a worker

    def __post_init__(self) -> None:
        with self._effects() as effects:
            effects.execute(
                "CREATE TABLE IF NOT EXISTS passages (book, number, UNIQUE(book, number))"
            )

    def _effects(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "effects.db", timeout=60)

    def keep(self, book: str, number: int) -> None:
        with self._effects() as effects:
            effects.execute("INSERT OR IGNORE INTO passages VALUES (?, ?)", (book, number))

    def passages(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        with self._effects() as effects:
            for book, number in effects.execute("SELECT * FROM passages ORDER BY book, number"):
                found.setdefault(book, []).append(number)
        return found

    def tell(self, event: str, lease: JobLease) -> None:
        line = json.dumps([event, lease.job.id, lease.token, lease.worker_id]) + "\n"
        handle = os.open(self.folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())
        os.close(handle)

    def told(self, event: str) -> list[tuple[JobId, int, str]]:
        """(job, token, worker) of each such event, in the order of time."""
        log = self.folder / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [
            (job, token, who) for what, job, token, who in map(json.loads, lines) if what == event
        ]


class _Queue(RedisJobQueue):
    def __init__(self, client: RedisClient, workshop: Workshop) -> None:
        super().__init__(client, lease_seconds=workshop.lease)
        self._workshop = workshop

    async def complete(self, lease: JobLease) -> None:
        await super().complete(lease)
        self._workshop.tell("completed", lease)


class _Ingest:
    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def run(self, lease: JobLease, report: Report) -> None:
        self._workshop.tell("began", lease)
        for number in range(PASSAGES):
            await asyncio.sleep(self._workshop.pause)
            self._workshop.keep(lease.job.book_id, number)
            await report(JobProgress(Phase.CHUNK, number / PASSAGES))
            if lease.job.file_url == POISON:
                os.kill(os.getpid(), signal.SIGKILL)
            if lease.job.file_url == ENDLESS and lease.job.attempts == 1:
                await asyncio.Event().wait()

    async def failed(self, job: Job, error: JobError) -> None:
        """Nothing to tell a book of."""


async def _work(url: str, workshop: Workshop, worker_id: str) -> None:
    client = RedisClient(url)
    manager = JobManager(
        jobs=_Queue(client, workshop),
        ingest_book=cast(IngestBook, _Ingest(workshop)),
        metrics=MemoryMetrics(),
        worker_id=worker_id,
        max_workers=workshop.slots,
        heartbeat_seconds=workshop.lease / 4,
    )
    working = asyncio.create_task(manager.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
    await asyncio.wait([working])
    await client.aclose()


def _main(url: str, workshop: Workshop, worker_id: str) -> None:
    asyncio.run(_work(url, workshop, worker_id))


@dataclass
class Workers:
    """Worker processes, each known by its place, which passes to the one started after it."""

    url: str
    workshop: Workshop
    count: int
    _context: ForkServerContext = field(
        default_factory=lambda: multiprocessing.get_context("forkserver")
    )
    _processes: dict[int, ForkServerProcess] = field(default_factory=dict)
    _started: int = 0

    def __enter__(self) -> "Workers":
        self._context.set_forkserver_preload([__name__])
        for place in range(self.count):
            self.start(place)
        return self

    def __exit__(self, *_: Any) -> None:
        for place in self._processes:
            self.signal(place, signal.SIGKILL)
            self._processes[place].join()

    def start(self, place: int) -> None:
        self._started += 1
        process = self._context.Process(
            target=_main, args=(self.url, self.workshop, f"worker {place}.{self._started}")
        )
        process.start()
        self._processes[place] = process

    def signal(self, place: int, number: int) -> None:
        process = self._processes[place]
        if process.is_alive() and process.pid:
            os.kill(process.pid, number)

    def end(self, place: int) -> int | None:
        """Wait for its end; its exit code."""
        self._processes[place].join(timeout=60)
        return self._processes[place].exitcode

    def place_of(self, worker_id: str) -> int:
        return int(worker_id.split()[1].split(".")[0])

    def kill(self, place: int) -> None:
        self.signal(place, signal.SIGKILL)
        self.end(place)

    def start_the_dead(self) -> None:
        for place, process in list(self._processes.items()):
            if not process.is_alive():
                self.start(place)
