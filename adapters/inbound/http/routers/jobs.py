"""Ingestion jobs: where they are, live; stop them, run them again."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import cast
from uuid import UUID

from dependency_injector.wiring import inject
from fastapi import APIRouter

from adapters.inbound.http.dependencies import (
    CancelJobUse,
    CurrentUser,
    Jobs,
    Paging,
    ToldBooksUse,
)
from adapters.inbound.http.event_stream import EventStream
from adapters.inbound.http.schemas.common import Listing
from adapters.inbound.http.schemas.jobs import JobOut
from adapters.inbound.http.schemas.problem import event_stream, problems
from adapters.inbound.http.sse import frame
from application.ports.job_queue import JobQueue
from domain.errors import JobNotFound
from domain.ids import JobId, OwnerId
from domain.job import Job

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

_EXAMPLE = """\
id: 1763823600000
event: progress
data: {"id": "...", "state": "running", "phase": "embed", "progress": 0.62}

id: 1763823612000
event: done
data: {"id": "...", "state": "completed", "phase": "publish", "progress": 1.0}

"""


@router.get("", operation_id="list_jobs", summary="The reader's jobs", responses=problems())
@inject
async def list_jobs(
    user: CurrentUser, page: Paging, jobs: Jobs, told: ToldBooksUse
) -> Listing[JobOut]:
    found = await jobs.list(user, page)
    items = [JobOut.of(await told.told_job(job, user)) for job in found.items]
    return Listing[JobOut].of(found, items)


@router.get("/{job_id}", operation_id="get_job", summary="One job", responses=problems(404))
@inject
async def get_job(job_id: UUID, user: CurrentUser, jobs: Jobs, told: ToldBooksUse) -> JobOut:
    """Its detail counts people and lines: it is empty for a reader who is still on the way."""
    return JobOut.of(await told.told_job(await _job_of(jobs, job_id, user), user))


@router.get(
    "/{job_id}/events",
    operation_id="watch_job",
    summary="A job's progress, live",
    status_code=200,
    response_class=EventStream,
    responses=problems(404)
    | event_stream("`progress` now and at each change, then `done`.", _EXAMPLE),
)
@inject
async def watch_job(job_id: UUID, user: CurrentUser, jobs: Jobs, told: ToldBooksUse) -> EventStream:
    """Each event is the whole job, so a reader who comes back needs nothing from before. A silent
    stream has a comment every 15 s."""
    job = await _job_of(jobs, job_id, user)

    async def as_told(changed: Job) -> Job:
        return await told.told_job(changed, user)

    return EventStream(_job_frames(jobs.watch(job.id), as_told), endless=True)


@router.post(
    "/{job_id}/cancel",
    operation_id="cancel_job",
    summary="Stop a job",
    status_code=202,
    responses=problems(404),
)
@inject
async def cancel_job(
    job_id: UUID, user: CurrentUser, jobs: Jobs, told: ToldBooksUse, cancel: CancelJobUse
) -> JobOut:
    """A queued job is cancelled, a running one is asked to stop, an ended one stays as it is."""
    job = await _job_of(jobs, job_id, user)
    return JobOut.of(await told.told_job(await cancel.cancel(job.id), user))


@router.post(
    "/{job_id}/retry",
    operation_id="retry_job",
    summary="Run a failed or cancelled job again",
    status_code=202,
    responses=problems(404, 409),
)
@inject
async def retry_job(job_id: UUID, user: CurrentUser, jobs: Jobs, told: ToldBooksUse) -> JobOut:
    """The phases that a failed job has done are kept; a cancelled one begins anew."""
    job = await _job_of(jobs, job_id, user)
    return JobOut.of(await told.told_job(await jobs.retry(job.id), user))


async def _job_of(jobs: JobQueue, job_id: UUID, user: OwnerId) -> Job:
    job = await jobs.get(JobId(str(job_id)))
    if job.owner_id not in (None, user):
        raise JobNotFound("There is no such job.")
    return job


async def _job_frames(
    changes: AsyncIterator[Job], as_told: Callable[[Job], Awaitable[Job]]
) -> AsyncGenerator[bytes, None]:
    async with aclosing(cast(AsyncGenerator[Job, None], changes)):
        async for job in changes:
            name = "progress" if job.state.is_active else "done"
            milliseconds = round(job.updated_at.timestamp() * 1000)
            yield frame(name, JobOut.of(await as_told(job)).model_dump(mode="json"), milliseconds)
