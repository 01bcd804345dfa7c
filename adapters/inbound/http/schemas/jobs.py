"""Ingestion jobs."""

from datetime import datetime

from pydantic import BaseModel, Field

from domain.job import Job, JobState, Phase


class JobErrorOut(BaseModel):
    code: str = Field(examples=["encrypted_file"])
    message: str


class JobOut(BaseModel):
    id: str = Field(examples=["8f14e45f-ceea-4e7a-9c1b-5d1f6a0b7c22"])
    book_id: str
    state: JobState
    phase: Phase | None = Field(description="The phase at work, or the last one.")
    phases_done: list[Phase]
    progress: float = Field(ge=0, le=1, description="Of the whole job.")
    detail: str = Field(examples=["1,204 of 3,010 passages"])
    attempts: int
    max_attempts: int
    cancel_requested: bool
    error: JobErrorOut | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        error = JobErrorOut(code=job.error.code, message=job.error.message) if job.error else None
        return cls(
            id=job.id,
            book_id=job.book_id,
            state=job.state,
            phase=job.phase,
            phases_done=list(job.phases_done),
            progress=job.progress,
            detail=job.detail,
            attempts=job.attempts,
            max_attempts=job.max_attempts,
            cancel_requested=job.cancel_requested,
            error=error,
            created_at=job.created_at,
            updated_at=job.updated_at,
            finished_at=job.finished_at,
        )
