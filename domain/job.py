"""Ingestion jobs: what is asked, how far it has come, who works on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import BookId, JobId, OwnerId


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        return self in (JobState.QUEUED, JobState.RUNNING)


class Phase(StrEnum):
    """The phases of ingestion, in order. Each is idempotent; a resumed job skips those done."""

    FETCH = "fetch"
    PARSE = "parse"
    CAST = "cast"
    PERSONA = "persona"
    CHUNK = "chunk"
    EMBED = "embed"
    INDEX = "index"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class JobError:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Job:
    id: JobId
    book_id: BookId
    created_at: datetime
    updated_at: datetime
    owner_id: OwnerId | None = None
    file_url: str = ""  # to fetch; "" if the file was uploaded
    version_number: int = 0  # of the content version it builds; 0 until the first claim
    state: JobState = JobState.QUEUED
    phase: Phase | None = None
    progress: float = 0.0  # of the whole job, 0..1
    detail: str = ""  # "1,204 of 3,010 passages"
    phases_done: tuple[Phase, ...] = ()
    attempts: int = 0
    max_attempts: int = 3
    error: JobError | None = None
    cancel_requested: bool = False
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobLease:
    """A worker's right to work on a job, until it expires or is renewed."""

    job: Job
    token: int  # fencing token: grows with every claim of the job
    worker_id: str


@dataclass(frozen=True, slots=True)
class JobProgress:
    phase: Phase
    fraction: float  # of this phase, 0..1
    detail: str = ""
