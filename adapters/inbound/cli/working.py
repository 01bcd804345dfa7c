"""A job seen through by the command that asked for it, beside a server's workers too."""

import asyncio
from contextlib import suppress

from dependency_injector.wiring import Provide, inject

from adapters.inbound.cli.progress import follow
from adapters.inbound.worker.job_manager import JobManager
from application.ports.job_queue import JobQueue
from domain.job import Job


@inject
async def see_through(
    job: Job,
    title: str,
    jobs: JobQueue = Provide["jobs"],
    job_manager: JobManager = Provide["job_manager"],
) -> None:
    """Work on what the queue holds until this job has ended well, and show how far it is.

    Raises JobFailed.
    """
    worker = asyncio.create_task(job_manager.run())
    try:
        await follow(jobs.watch(job.id), title)
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
