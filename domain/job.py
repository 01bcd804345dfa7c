"""Ingestion jobs: what is asked, how far it has come, who works on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import BookId, JobId, OwnerId

LEASE_SECONDS = 30.0  # that a worker which died, or was cut off, holds its job


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


# Done from the start in a job that makes a book's index anew: instead of fetching its file, it
# takes over what these phases made of the version that serves.
TAKEN_OVER = (Phase.PARSE, Phase.CAST, Phase.PERSONA)

# The share of each phase in the whole, for one progress bar: about as long as it takes on a novel.
PHASE_SHARE = {
    Phase.FETCH: 0.03,
    Phase.PARSE: 0.04,
    Phase.CAST: 0.20,
    Phase.PERSONA: 0.05,
    Phase.CHUNK: 0.03,
    Phase.EMBED: 0.60,
    Phase.INDEX: 0.04,
    Phase.PUBLISH: 0.01,
}


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        return self in (JobState.QUEUED, JobState.RUNNING)


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

    @property
    def takes_over(self) -> bool:
        """Whether it begins with the text, cast and personas of the version that serves."""
        return Phase.FETCH not in self.phases_done and set(TAKEN_OVER) <= set(self.phases_done)


@dataclass(frozen=True, slots=True)
class JobLease:
    """A worker's right to work on a job, until it expires or is renewed."""

    job: Job
    token: int  # fencing token: grows with every claim of the job
    worker_id: str
    # Every attempt ended with its worker's death. It is leased once more, to be failed, not run.
    exhausted: bool = False


@dataclass(frozen=True, slots=True)
class JobProgress:
    phase: Phase
    fraction: float  # of this phase, 0..1
    detail: str = ""

    @property
    def overall(self) -> float:
        """The share of the whole job that is done, 0..1."""
        before = sum(
            share for phase, share in PHASE_SHARE.items() if phase_precedes(phase, self.phase)
        )
        return min(1.0, before + PHASE_SHARE[self.phase] * self.fraction)


def phase_precedes(phase: Phase, other: Phase) -> bool:
    order = tuple(Phase)
    return order.index(phase) < order.index(other)
