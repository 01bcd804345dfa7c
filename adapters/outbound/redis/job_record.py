"""Jobs as records in Redis, and as elements of the list that producers and workers share.

What a claim changes (state, attempts, error, updated_at) stands in fields of its own, so that a
script can do it; the rest is one JSON text, without the fields that have their usual value.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.ids import BookId, JobId
from domain.job import Job, JobError, JobState, Phase

_USUAL = Job(JobId(""), BookId(""), datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(0, UTC))
_PLAIN = (
    "owner_id",
    "file_url",
    "version_number",
    "phase",
    "progress",
    "detail",
    "phases_done",
    "max_attempts",
    "cancel_requested",
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
USUAL_ATTEMPTS = _USUAL.max_attempts


@dataclass(frozen=True, slots=True)
class Record:
    job: Job
    token: int  # of its latest lease
    revision: int  # grows with every change
    place: int  # in the order of enqueueing


def element_of(job: Job) -> str:
    """What stands in the list; the three keys of older producers and consumers, and ours."""
    return to_json(
        {
            "job_id": job.id,
            "book_id": job.book_id,
            "file_url": job.file_url,
            "user_id": job.owner_id or "",
        }
    )


def letter_of(job: Job) -> str:
    """What stands in the list of dead letters for a job that failed for good; else ""."""
    if job.state is not JobState.FAILED or job.error is None:
        return ""
    return to_json(
        {
            "element": element_of(job),
            "code": job.error.code,
            "message": job.error.message,
            "failed_at": job.updated_at.isoformat(),
        }
    )


def fields_of(job: Job) -> dict[str, str | int]:
    """What a record says of its job."""
    return {
        "job": _rest_of(job),
        "state": job.state,
        "attempts": job.attempts,
        "error": to_json([job.error.code, job.error.message]) if job.error else "",
        "updated_at": job.updated_at.isoformat(),
    }


def record_of(fields: Sequence[Any]) -> Record | None:
    """What `read` in job_records.lua gives; None if there is no such job."""
    rest, state, attempts, error, updated_at, token, revision, place = fields
    if rest is None:
        return None
    job = job_of(
        rest,
        state=JobState(state.decode()),
        attempts=int(attempts),
        error=JobError(*json.loads(error)) if error else None,
        updated_at=datetime.fromisoformat(updated_at.decode()),
    )
    return Record(job, int(token), int(revision), int(place))


def job_of(
    rest: bytes,
    *,
    state: JobState,
    attempts: int,
    error: JobError | None,
    updated_at: datetime,
) -> Job:
    written = json.loads(rest.decode("utf-8", "replace"))  # an older producer may write any bytes
    written["created_at"] = datetime.fromisoformat(written["created_at"])
    if "finished_at" in written:
        written["finished_at"] = datetime.fromisoformat(written["finished_at"])
    if "phase" in written:
        written["phase"] = Phase(written["phase"])
    if "phases_done" in written:
        written["phases_done"] = tuple(Phase(phase) for phase in written["phases_done"])
    return Job(**written, state=state, attempts=attempts, error=error, updated_at=updated_at)


def _rest_of(job: Job) -> str:
    written: dict[str, Any] = {
        "id": job.id,
        "book_id": job.book_id,
        "created_at": job.created_at.isoformat(),
    }
    for name in _PLAIN:
        value = getattr(job, name)
        if value != getattr(_USUAL, name):
            written[name] = value
    if job.finished_at:
        written["finished_at"] = job.finished_at.isoformat()
    return to_json(written)


def to_json(value: object) -> str:
    return _ENCODER.encode(value)
