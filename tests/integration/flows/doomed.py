"""Processes that are struck by a signal, their own, at the very point of a job that is named."""

import asyncio
import os
import signal
from enum import StrEnum
from pathlib import Path

from dependency_injector import providers

from adapters.inbound.cli.app import app
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.jobs import SqliteJobQueue
from application.ports.job_queue import JobQueue
from bootstrap.container import Container
from bootstrap.settings import Settings
from domain.ids import JobId
from domain.job import Job, JobLease, JobProgress, Phase
from tests.integration.quick import quick_container


class Moment(StrEnum):
    BEGUN = "begun"  # nothing of the phase is written
    HALFWAY = "halfway"  # of a phase that writes in parts
    WRITTEN = "written"  # all of it, but the queue does not know


class DoomedQueue(SqliteJobQueue):
    """`phase` None: between the end of the last phase and that of the job."""

    def __init__(
        self,
        database: Database,
        *,
        phase: Phase | None,
        moment: Moment,
        sent: signal.Signals,
        lease_seconds: float,
    ) -> None:
        super().__init__(database, lease_seconds=lease_seconds)
        self._phase = phase
        self._moment = moment
        self._sent = sent

    async def report(self, lease: JobLease, progress: JobProgress) -> None:
        await super().report(lease, progress)
        if progress.fraction == 0.0:
            self._strike_at(progress.phase, Moment.BEGUN)
        elif progress.fraction < 1.0:
            self._strike_at(progress.phase, Moment.HALFWAY)

    async def finish_phase(self, lease: JobLease, phase: Phase) -> Job:
        self._strike_at(phase, Moment.WRITTEN)
        return await super().finish_phase(lease, phase)

    async def complete(self, lease: JobLease) -> None:
        self._strike_at(None, Moment.WRITTEN)
        await super().complete(lease)

    def _strike_at(self, phase: Phase | None, moment: Moment) -> None:
        if (phase, moment) == (self._phase, self._moment):
            os.kill(os.getpid(), self._sent)


async def work_to_the_end(container: Container, job_id: JobId) -> Job:
    jobs: JobQueue = container.jobs()
    async with container.resources():
        worker = asyncio.create_task(container.job_manager().run())
        async for job in jobs.watch(job_id):
            last = job
        worker.cancel()
        await asyncio.wait({worker})
    return last


def work_until_killed(
    data_dir: Path, private_hosts: str, job_id: JobId, phase: Phase | None, moment: Moment
) -> None:
    container = quick_container(Settings(data_dir=data_dir, private_hosts=private_hosts))
    container.jobs.override(
        providers.Singleton(
            DoomedQueue,
            container.database,
            phase=phase,
            moment=moment,
            sent=signal.SIGKILL,
            lease_seconds=0.0,  # a dead worker's job is claimed at once
        )
    )
    asyncio.run(work_to_the_end(container, job_id))


def add_until_struck(data_dir: Path, story: Path, sent: signal.Signals) -> None:
    """`falsafa add`, and the signal when the cast is being looked for."""
    # A shell starts what it puts into the background with Ctrl-C ignored, the tests perhaps.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    container = quick_container(Settings(data_dir=data_dir))
    container.jobs.override(
        providers.Singleton(
            DoomedQueue,
            container.database,
            phase=Phase.CAST,
            moment=Moment.BEGUN,
            sent=sent,
            lease_seconds=30.0,
        )
    )
    container.wire(packages=["adapters.inbound.cli"])
    app(["add", str(story)])
