"""The records of jobs in Redis: each method one script, thus one round trip and one atomic step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.job_record import (
    USUAL_ATTEMPTS,
    Record,
    element_of,
    fields_of,
    job_of,
    letter_of,
    record_of,
    to_json,
)
from adapters.outbound.redis.script import Script, script
from domain.ids import BookId, JobId
from domain.job import Job, JobLease, JobState

TAKEN_GRACE = 5.0  # seconds that a worker has from taking an element to leasing its job
KEPT = 7 * 86400.0  # seconds that an ended job is known after a later one of its book


def _script(name: str, flags: str = "") -> Script:
    return script(name, flags=flags, prelude="job_records")


# Only what brings new jobs is refused where Redis has no memory left: the others are to go on.
_ENQUEUE = _script("enqueue")
_CLAIM = _script("claim", "allow-oom")
_SAVE = _script("save", "allow-oom")
_HEARTBEAT = _script("heartbeat", "allow-oom")
_NEXT_DUE = _script("next_due", "allow-oom")
_FORGET_BOOK = _script("forget_book", "allow-oom")
_READ = _script("read_job", "no-writes")
_LIST = _script("list_jobs", "no-writes")


class Refusal(StrEnum):
    """Why a record was not saved."""

    MISSING = "missing"
    LOST = "lost"  # the lease
    BUSY = "busy"  # the book has another active job


@dataclass(frozen=True, slots=True)
class Claim:
    lease: JobLease
    record: Record


class JobStore:
    """Raises StoreUnavailable."""

    def __init__(self, client: RedisClient, queue: str, lease_seconds: float) -> None:
        self._client = client
        self._queue = queue
        self._processing = f"{queue}:processing"
        self._lease = _ms(lease_seconds)

    def channel(self, job_id: JobId) -> str:
        """On which each change of a job is told."""
        return f"{self._queue}:changed:{job_id}"

    async def enqueue(self, job: Job) -> Record | None:
        """None if it was queued; else the job that is there already."""
        there = await self._ask(
            _ENQUEUE,
            {
                "id": job.id,
                "book": job.book_id,
                "owner": job.owner_id or "",
                "element": element_of(job),
                "fields": {"max_attempts": job.max_attempts, **fields_of(job)},
                "kept": _ms(KEPT),
            },
        )
        return record_of(there) if there else None

    async def take(self, seconds: float) -> bytes | None:
        """The next element, into the list of those that are not leased yet; wait for it so long."""
        element: bytes | None = await self._client.block(
            "BLMOVE", self._queue, self._processing, "LEFT", "RIGHT", seconds=seconds
        )
        return element

    async def claim(
        self, worker_id: str, now: datetime, *, taken: bytes, spare_id: str
    ) -> Claim | None:
        """Lease a job; `taken`: an element that `take` gave, or nothing; `spare_id`: for a job of
        an older producer."""
        asked = {
            "worker": worker_id,
            "updated_at": now.isoformat(),
            "lease": self._lease,
            "grace": _ms(TAKEN_GRACE),
            "spare_id": spare_id,
            "spare_attempts": USUAL_ATTEMPTS,
        }
        while (claimed := await self._ask(_CLAIM, asked, taken)) == b"again":
            taken = b""
        return _claim_of(claimed, worker_id, now) if claimed else None

    async def read(self, job_id: JobId) -> Record | None:
        return record_of(await self._ask(_READ, {"id": job_id}))

    async def save(
        self, seen: Record, job: Job, *, token: int | None, pause: float
    ) -> Record | Refusal:
        """The record as it is afterwards: with `job` if it was still as `seen`, else as others have
        changed it. `token`: of the lease that must hold; `pause` in seconds, for a queued job."""
        refused = await self._ask(
            _SAVE,
            {
                "id": job.id,
                "token": token or 0,
                "revision": seen.revision,
                "fields": fields_of(job),
                "pause": _ms(pause),
                "letter": letter_of(job),
                "kept": _ms(KEPT),
            },
        )
        if refused is None:
            return Record(job, seen.token, seen.revision + 1, seen.place)
        status, *changed = refused
        return record_of(changed) or Refusal.MISSING if changed else Refusal(status.decode())

    async def renew(self, job_id: JobId, token: int) -> Record | None:
        """None if the lease is lost."""
        renewed = await self._ask(_HEARTBEAT, {"id": job_id, "token": token, "lease": self._lease})
        return record_of(renewed) if renewed else None

    async def next_due(self) -> float | None:
        """Seconds until something may be claimed that no push to the queue will tell of."""
        due: int = await self._ask(_NEXT_DUE, {"grace": _ms(TAKEN_GRACE)})
        return None if due < 0 else due / 1000

    async def list(self, which: str, before: int | None, limit: int) -> list[Record]:
        """`which`: "jobs", "book:<id>" or "owner:<id>". Newest first, placed before `before`."""
        place = "+inf" if before is None else before
        asked = {"which": which, "before": place, "limit": limit}
        found: Sequence[Any] = await self._ask(_LIST, asked)
        return [record for record in map(record_of, found) if record]

    async def forget_book(self, book_id: BookId) -> None:
        await self._ask(_FORGET_BOOK, {"book": book_id})

    async def _ask(self, script: Script, asked: Mapping[str, Any], *words: bytes) -> Any:
        return await self._client.run(script, self._queue, to_json(asked), *words)


def _claim_of(claimed: Sequence[Any], worker_id: str, now: datetime) -> Claim:
    rest, numbers = claimed
    exhausted, attempts, token, revision, place = map(int, numbers.split())
    job = job_of(rest, state=JobState.RUNNING, attempts=attempts, error=None, updated_at=now)
    lease = JobLease(job, token, worker_id, bool(exhausted))
    return Claim(lease, Record(job, token, revision, place))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
