"""Jobs as rows."""

import sqlite3

from adapters.outbound.sqlite.values import (
    from_json,
    from_time,
    from_time_or_none,
    to_json,
    to_time,
    to_time_or_none,
)
from domain.job import Job, JobError, JobState, Phase


def job_row(job: Job) -> dict[str, object]:
    """All of a job; the queue's own columns (place, token, when claimable) stand beside it."""
    return {
        "id": job.id,
        "book_id": job.book_id,
        "owner_id": job.owner_id,
        "file_url": job.file_url,
        "version_number": job.version_number,
        "state": job.state,
        "phase": job.phase,
        "progress": job.progress,
        "detail": job.detail,
        "phases_done": to_json(job.phases_done),
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "error_code": job.error.code if job.error else None,
        "error_message": job.error.message if job.error else None,
        "cancel_requested": job.cancel_requested,
        "created_at": from_time(job.created_at),
        "updated_at": from_time(job.updated_at),
        "finished_at": from_time_or_none(job.finished_at),
    }


def job_of(row: sqlite3.Row) -> Job:
    error = None
    if row["error_code"] is not None:
        error = JobError(row["error_code"], row["error_message"])
    return Job(
        id=row["id"],
        book_id=row["book_id"],
        created_at=to_time(row["created_at"]),
        updated_at=to_time(row["updated_at"]),
        owner_id=row["owner_id"],
        file_url=row["file_url"],
        version_number=row["version_number"],
        state=JobState(row["state"]),
        phase=None if row["phase"] is None else Phase(row["phase"]),
        progress=row["progress"],
        detail=row["detail"],
        phases_done=tuple(Phase(phase) for phase in from_json(row["phases_done"])),
        attempts=row["attempts"],
        max_attempts=row["max_attempts"],
        error=error,
        cancel_requested=bool(row["cancel_requested"]),
        finished_at=to_time_or_none(row["finished_at"]),
    )
