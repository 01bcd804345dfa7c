"""What each step of its life makes of a job, for every queue alike."""

from dataclasses import replace
from datetime import datetime

from domain.errors import JobNotRetryable
from domain.job import Job, JobError, JobLease, JobProgress, JobState, Phase

FIRST_PAUSE = 2.0  # seconds before the second attempt
LONGEST_PAUSE = 120.0


def leased(job: Job, token: int, worker_id: str, now: datetime) -> JobLease:
    """What a claim gives for a job that is queued, or whose lease has run out."""
    exhausted = job.state is JobState.RUNNING and job.attempts >= job.max_attempts
    claimed = replace(
        job,
        state=JobState.RUNNING,
        attempts=job.attempts if exhausted else job.attempts + 1,
        error=None,
        updated_at=now,
    )
    return JobLease(claimed, token, worker_id, exhausted)


def progressed(job: Job, progress: JobProgress, now: datetime) -> Job:
    """The bar never runs backwards, also when a phase is done again."""
    return replace(
        job,
        phase=progress.phase,
        progress=max(job.progress, progress.overall),
        detail=progress.detail,
        updated_at=now,
    )


def phase_finished(job: Job, phase: Phase, now: datetime) -> Job:
    done = job.phases_done if phase in job.phases_done else (*job.phases_done, phase)
    return replace(progressed(job, JobProgress(phase, 1.0, job.detail), now), phases_done=done)


def completed(job: Job, now: datetime) -> Job:
    return _ended(replace(job, progress=1.0), JobState.COMPLETED, now)


def failed(job: Job, error: JobError, now: datetime, *, retry: bool) -> Job:
    """Queued again if `retry` and attempts are left; then the queue lets a pause pass."""
    told = replace(job, error=error)
    if retry and job.cancel_requested:
        return cancelled(told, now)
    if retry and job.attempts < job.max_attempts:
        return replace(told, state=JobState.QUEUED, updated_at=now)
    return _ended(told, JobState.FAILED, now)


def released(job: Job, now: datetime) -> Job:
    if job.cancel_requested:
        return cancelled(job, now)
    return replace(job, state=JobState.QUEUED, attempts=job.attempts - 1, updated_at=now)


def cancel_asked(job: Job, now: datetime) -> Job:
    if job.state is JobState.QUEUED:
        return cancelled(job, now)
    if job.state is JobState.RUNNING and not job.cancel_requested:
        return replace(job, cancel_requested=True, updated_at=now)
    return job


def cancelled(job: Job, now: datetime) -> Job:
    return _ended(job, JobState.CANCELLED, now)


def retried(job: Job, now: datetime) -> Job:
    """A failed job goes on where it was, a cancelled one begins anew: what it had made was dropped.

    Raises JobNotRetryable for any other.
    """
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise JobNotRetryable(f"A {job.state} job cannot be retried.")
    if job.state is JobState.CANCELLED:
        job = replace(job, phases_done=(), version_number=0, phase=None, progress=0.0, detail="")
    return replace(
        job,
        state=JobState.QUEUED,
        attempts=0,
        error=None,
        cancel_requested=False,
        finished_at=None,
        updated_at=now,
    )


def pause_before(attempt: int, jitter: float) -> float:
    """Seconds to wait before an attempt (counted from 1): doubled each time, half of it by chance.

    `jitter` in 0..1 spreads jobs that failed together.
    """
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 2))
    return longest * (1.0 + jitter) / 2.0


def _ended(job: Job, state: JobState, now: datetime) -> Job:
    return replace(job, state=state, finished_at=now, updated_at=now)
