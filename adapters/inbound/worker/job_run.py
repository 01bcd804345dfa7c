"""One job, from its lease to its end: heartbeats beside the work, and what follows from each
way that it can end."""

import asyncio
from contextlib import suppress
from typing import Literal

import structlog

from application.ingest_book import IngestBook
from application.ports.job_queue import JobQueue
from application.ports.metrics import Metrics
from domain.errors import BookNotFound, FalsafaError, LeaseLost, Unavailable, WorkerCrashed
from domain.job import LEASE_SECONDS, JobError, JobLease, JobProgress

log = structlog.get_logger()

Ending = Literal["completed", "failed", "cancelled", "released"]


class JobRun:
    def __init__(
        self,
        lease: JobLease,
        *,
        jobs: JobQueue,
        ingest_book: IngestBook,
        metrics: Metrics,
        heartbeat_seconds: float,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._lease = lease
        self._jobs = jobs
        self._ingest_book = ingest_book
        self._metrics = metrics
        self._heartbeat_seconds = heartbeat_seconds
        self._lease_seconds = lease_seconds
        self._cancel_asked = False
        self._renewed_at = 0.0  # by the loop's clock
        self._log = log.bind(job_id=lease.job.id, book_id=lease.job.book_id)

    async def to_its_end(self) -> None:
        self._metrics.job_started()
        ending: Ending = "released"
        try:
            ending = await self._ending()
        except LeaseLost:
            self._log.warning("lease_lost")  # another worker has the job; nothing is ours to write
        finally:
            self._metrics.job_ended(ending)
            self._log.info("job_ended", ending=ending)

    async def _ending(self) -> Ending:
        job = self._lease.job
        if job.cancel_requested:  # and its worker died before it could stop
            return await self._cancelled()
        if self._lease.exhausted:
            message = f"Its worker died at each of {job.attempts} attempts."
            return await self._failed(JobError(WorkerCrashed.code, message), retry=False)
        try:
            await self._work_with_heartbeat()
            await self._jobs.complete(self._lease)
        except LeaseLost:
            raise
        except asyncio.CancelledError:
            if not self._cancel_asked:
                await asyncio.shield(self._give_back())
                raise
            return await self._cancelled()
        except BookNotFound as error:  # deleted under our hands
            await self._jobs.fail(self._lease, JobError(error.code, error.message), retry=False)
            return "cancelled"
        except FalsafaError as error:
            return await self._failed(
                JobError(error.code, error.message), retry=isinstance(error, Unavailable)
            )
        except Exception as error:  # noqa: BLE001 - nothing may end a job without a word
            self._log.exception("job_crashed")
            message = f"An unexpected error ({type(error).__name__}) stopped it; see the log."
            return await self._failed(JobError("internal_error", message), retry=True)
        return "completed"

    async def _give_back(self) -> None:
        """The worker stops. A job that was to be cancelled meanwhile is cleared up all the same:
        given back it would end with what it had built still there."""
        if (await self._jobs.get(self._lease.job.id)).cancel_requested:
            await self._cancelled()
        else:
            await self._jobs.release(self._lease)

    async def _cancelled(self) -> Ending:
        await self._ingest_book.cancelled(await self._jobs.get(self._lease.job.id))
        await self._jobs.cancelled(self._lease)
        return "cancelled"

    async def _failed(self, error: JobError, *, retry: bool) -> Ending:
        job = await self._jobs.heartbeat(self._lease)  # raises unless what follows is ours to write
        if retry and job.cancel_requested:
            return await self._cancelled()
        if retry and job.attempts < job.max_attempts:
            await self._jobs.fail(self._lease, error, retry=True)
            self._log.warning(
                "job_will_be_retried",
                code=error.code,
                message=error.message,
                attempts=job.attempts,
            )
            return "released"
        # The book first: whoever sees the job ended finds the book told of it, and if we die
        # between the two, another worker does both.
        await self._ingest_book.failed(job, error)
        await self._jobs.fail(self._lease, error, retry=False)
        self._log.warning("job_failed", code=error.code, message=error.message)
        return "failed"

    async def _work_with_heartbeat(self) -> None:
        """Run the use case; stop it if the lease is lost or cancelling is asked."""
        self._renewed_at = asyncio.get_running_loop().time()
        work = asyncio.create_task(self._ingest_book.run(self._lease, self._report))
        beat = asyncio.create_task(self._heartbeat(work))
        try:
            await work
        finally:
            beat.cancel()
            with suppress(asyncio.CancelledError):
                await beat
            if not work.done():
                work.cancel()
                with suppress(asyncio.CancelledError):
                    await work

    async def _heartbeat(self, work: "asyncio.Task[None]") -> None:
        try:
            while not await self._is_to_stop():
                pass
        except BaseException:  # whatever ends the heartbeat, nobody renews the lease any more
            work.cancel()
            raise
        self._cancel_asked = True
        work.cancel()

    async def _is_to_stop(self) -> bool:
        """One heartbeat, and whether cancelling was asked. Raises LeaseLost, also where the queue
        was away for so long that somebody else may have the job by now."""
        await asyncio.sleep(self._heartbeat_seconds)
        now = asyncio.get_running_loop().time()
        try:
            job = await self._jobs.heartbeat(self._lease)
        except Unavailable as error:
            self._log.warning("heartbeat_missed", code=error.code)
            if now + self._heartbeat_seconds >= self._renewed_at + self._lease_seconds:
                raise LeaseLost("The queue was away for as long as a lease lasts.") from error
            return False
        self._renewed_at = now
        return job.cancel_requested

    async def _report(self, progress: JobProgress) -> None:
        await self._jobs.report(self._lease, progress)
