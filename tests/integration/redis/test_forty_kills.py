"""Workers that are killed at any moment lose no job and do none twice in effect."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.jobs import RedisJobQueue
from domain.ids import BookId, JobId
from domain.job import Job, JobState
from domain.page import PageRequest
from tests.integration.redis.killable_worker import (
    ENDLESS,
    PASSAGES,
    POISON,
    Workers,
    Workshop,
)
from tests.services.redis import RedisServer

JOBS, WORKERS, KILLS = 200, 4, 40
PATIENCE = 120.0  # seconds until a test that hangs fails
RERUN_WITHIN = 15.0  # seconds of the end of a killed worker's lease


def a_job(number: int, *, file_url: str = "", max_attempts: int = 3) -> Job:
    now = datetime.now(UTC)
    return Job(
        id=JobId(str(UUID(int=number))),
        book_id=BookId(str(UUID(int=number + 1_000_000))),
        created_at=now,
        updated_at=now,
        file_url=file_url,
        max_attempts=max_attempts,
    )


async def until(holds: Callable[[], bool]) -> None:
    """Workers are other processes: what they have done is looked up."""
    while not holds():
        await asyncio.sleep(0.01)


async def until_completed(workshop: Workshop, jobs: int) -> None:
    await until(lambda: len(workshop.told("completed")) >= jobs)


async def test_forty_kills_lose_no_job_and_do_none_twice(
    redis: RedisClient, redis_server: RedisServer, tmp_path: Path
) -> None:
    chance = random.Random(20261122)
    workshop, queue = Workshop(tmp_path), RedisJobQueue(redis)
    for number in range(JOBS):
        await queue.enqueue(a_job(number, max_attempts=KILLS))
    # Each kill after so many jobs, so that all of them fall while there is work.
    after = sorted(chance.sample(range(JOBS - 10), KILLS))
    async with asyncio.timeout(PATIENCE):
        with Workers(redis_server.url, workshop, WORKERS) as workers:
            for done in after:
                await until_completed(workshop, done)
                await asyncio.sleep(chance.uniform(0, 0.03))
                workers.kill(place := chance.randrange(WORKERS))
                workers.start(place)
            for number in range(JOBS):
                async for job in queue.watch(a_job(number).id):
                    assert job.state is not JobState.FAILED
    jobs = [await queue.get(a_job(number).id) for number in range(JOBS)]
    assert {job.state for job in jobs} == {JobState.COMPLETED}
    assert workshop.passages() == {job.book_id: list(range(PASSAGES)) for job in jobs}
    assert set(Counter(job for job, *_ in workshop.told("completed")).values()) == {1}
    assert len((await queue.list(None, PageRequest(limit=JOBS + 1))).items) == JOBS
    for key in ("", ":processing", ":leases", ":delayed", ":active", ":dead"):
        assert not await redis.command("EXISTS", f"processing_queue{key}")


async def test_a_job_whose_worker_was_killed_is_run_again_by_another(
    redis: RedisClient, redis_server: RedisServer, tmp_path: Path
) -> None:
    workshop, queue = Workshop(tmp_path), RedisJobQueue(redis)
    seen: list[tuple[JobState, int]] = []

    async def watch() -> None:
        async for job in queue.watch(a_job(1).id):
            if not seen or seen[-1] != (job.state, job.attempts):
                seen.append((job.state, job.attempts))

    await queue.enqueue(a_job(1, file_url=ENDLESS))
    async with asyncio.timeout(PATIENCE):
        watching = asyncio.create_task(watch())
        await until(lambda: bool(seen))
        with Workers(redis_server.url, workshop, 2) as workers:
            await until(lambda: bool(workshop.told("began")))
            killed = workshop.told("began")[0][2]
            workers.kill(workers.place_of(killed))
            async with asyncio.timeout(workshop.lease + RERUN_WITHIN):
                await until(lambda: len(workshop.told("began")) == 2)
            await watching
    assert seen == [
        (JobState.QUEUED, 0),
        (JobState.RUNNING, 1),
        (JobState.RUNNING, 2),
        (JobState.COMPLETED, 2),
    ]
    (first, second) = workshop.told("began")
    assert (second[1], second[2] != killed) == (first[1] + 1, True)
    assert workshop.passages() == {a_job(1).book_id: list(range(PASSAGES))}


async def test_a_job_that_kills_every_worker_is_a_dead_letter_and_the_others_go_on(
    redis: RedisClient, redis_server: RedisServer, tmp_path: Path
) -> None:
    workshop, queue = Workshop(tmp_path, slots=1), RedisJobQueue(redis)
    poison = await queue.enqueue(a_job(0, file_url=POISON))
    for number in range(1, 6):
        await queue.enqueue(a_job(number))
    async with asyncio.timeout(PATIENCE):
        with Workers(redis_server.url, workshop, 2) as workers:
            while (await queue.get(poison.id)).state.is_active:
                workers.start_the_dead()
                await asyncio.sleep(0.05)
            for number in range(1, 6):
                assert [job async for job in queue.watch(a_job(number).id)][-1].state is (
                    JobState.COMPLETED
                )
    failed = await queue.get(poison.id)
    assert (failed.state, failed.attempts) == (JobState.FAILED, poison.max_attempts)
    assert failed.error
    assert len([job for job, *_ in workshop.told("began") if job == poison.id]) == 3
    (letter,) = await redis.command("LRANGE", "processing_queue:dead", 0, -1)
    assert failed.error.message in letter.decode()


async def test_a_worker_that_was_stopped_too_long_changes_nothing_any_more(
    redis: RedisClient, redis_server: RedisServer, tmp_path: Path
) -> None:
    workshop, queue = Workshop(tmp_path), RedisJobQueue(redis)
    await queue.enqueue(a_job(1, file_url=ENDLESS))
    async with asyncio.timeout(PATIENCE):
        with Workers(redis_server.url, workshop, 2) as workers:
            await until(lambda: bool(workshop.told("began")))
            stopped = workers.place_of(workshop.told("began")[0][2])
            workers.signal(stopped, signal.SIGSTOP)
            assert [job async for job in queue.watch(a_job(1).id)][-1].state is JobState.COMPLETED
            done = await queue.get(a_job(1).id)
            workers.signal(stopped, signal.SIGCONT)
            # It is awake once it takes another job.
            for number in range(2, 12):
                await queue.enqueue(replace(a_job(number), max_attempts=1))
            await until(
                lambda: any(
                    workers.place_of(who) == stopped for *_, who in workshop.told("began")[1:]
                )
            )
    assert await queue.get(a_job(1).id) == done
    assert [job for job, *_ in workshop.told("completed")].count(done.id) == 1


async def test_a_worker_that_is_asked_to_end_gives_its_job_back(
    redis: RedisClient, redis_server: RedisServer, tmp_path: Path
) -> None:
    workshop, queue = Workshop(tmp_path, lease=600), RedisJobQueue(redis)
    await queue.enqueue(a_job(1, file_url=ENDLESS))
    async with asyncio.timeout(PATIENCE):
        with Workers(redis_server.url, workshop, 1) as workers:
            await until(lambda: bool(workshop.told("began")))
            workers.signal(0, signal.SIGTERM)
            assert workers.end(0) == 0
    given_back = await queue.get(a_job(1).id)
    assert (given_back.state, given_back.attempts) == (JobState.QUEUED, 0)
    assert await queue.claim("another")
