"""What the queue in Redis costs, and how soon an idle worker has a job.

    python -m benchmarks.queue [--jobs 4000] [--pickups 300] [--reruns 20]

Starts a `redis-server` of its own, with the persistence that production has. Prints the client's
CPU time a job (enqueue, claim, complete) against that of the three bare commands of the usual
reliable list (RPUSH, LMOVE, LREM) by the same library in the same run, in alternating rounds; the
time from an enqueue to the lease of a worker that was waiting; and from the end of a dead worker's
lease to the next one.
"""

import argparse
import asyncio
import json
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from redis.asyncio import Redis

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.jobs import RedisJobQueue
from domain.ids import BookId, JobId, OwnerId
from domain.job import Job

ROUNDS = 80
LEASE = 0.3  # seconds, of the workers that are killed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=4000)
    parser.add_argument("--pickups", type=int, default=300)
    parser.add_argument("--reruns", type=int, default=20)
    arguments = parser.parse_args()
    with _server() as url:
        asyncio.run(_cpu(url, arguments.jobs // ROUNDS))
        asyncio.run(_pickup(url, arguments.pickups))
        asyncio.run(_rerun(url, arguments.reruns))


@contextmanager
def _server() -> Iterator[str]:
    if shutil.which("redis-server") is None:
        raise SystemExit("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        command += ["--appendonly", "yes", "--appendfsync", "always", "--logfile", "redis.log"]
        process = subprocess.Popen([*command, "--save", ""])
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise SystemExit("redis-server did not start")


async def _cpu(url: str, jobs_a_round: int) -> None:
    async with _queue(url) as queue, Redis.from_url(url) as redis:
        ours = lambda job: _through_the_queue(queue, job)  # noqa: E731
        bare = lambda job: _through_a_list(redis, job)  # noqa: E731
        for work in (ours, bare):
            await _microseconds(work, 200)  # warm
        rounds = [
            (await _microseconds(ours, jobs_a_round), await _microseconds(bare, jobs_a_round))
            for _ in range(ROUNDS)
        ]
    of_ours, of_bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratios = sorted(mine / theirs for mine, theirs in rounds)
    print(
        f"client CPU a job: {of_ours:.0f} us (enqueue, claim, complete), "
        f"{of_bare:.0f} us (RPUSH, LMOVE, LREM): {statistics.median(ratios):.2f} times as much "
        f"(half of {ROUNDS} rounds: {ratios[ROUNDS // 4]:.2f} to {ratios[-ROUNDS // 4]:.2f})"
    )


async def _microseconds(work: Callable[[Job], Awaitable[None]], count: int) -> float:
    jobs = [_job() for _ in range(count)]
    begun = time.process_time()
    for job in jobs:
        await work(job)
    return (time.process_time() - begun) / count * 1e6


async def _through_the_queue(queue: RedisJobQueue, job: Job) -> None:
    await queue.enqueue(job)
    lease = await queue.claim("worker")
    assert lease
    await queue.complete(lease)


async def _through_a_list(redis: Redis, job: Job) -> None:
    element = json.dumps(
        {"book_id": job.book_id, "file_url": job.file_url, "user_id": job.owner_id}
    )
    await redis.rpush("list", element)
    taken = await redis.lmove("list", "list:processing", "LEFT", "RIGHT")
    assert isinstance(taken, bytes)
    json.loads(taken)
    await redis.lrem("list:processing", 1, element)


async def _pickup(url: str, count: int) -> None:
    async with _queue(url) as producer, _queue(url) as worker:
        waits = []
        for _ in range(count):
            picking = asyncio.create_task(_pick(worker))
            await asyncio.sleep(0.01)  # it is idle by then
            begun = time.perf_counter()
            await producer.enqueue(_job())
            waits.append((await picking - begun) * 1000)
    waits.sort()
    print(
        f"from enqueue to the lease of an idle worker, {count} jobs: "
        f"p50 {statistics.median(waits):.2f} ms, p95 {waits[int(0.95 * count)]:.2f} ms, "
        f"worst {waits[-1]:.2f} ms"
    )


async def _rerun(url: str, count: int) -> None:
    async with _queue(url) as dead, _queue(url) as worker:
        waits = []
        for _ in range(count):
            await dead.enqueue(_job())
            await dead.claim("dead")
            ends = time.perf_counter() + LEASE
            waits.append((await _pick(worker) - ends) * 1000)
    waits.sort()
    print(
        f"from the end of a dead worker's lease to the next lease, {count} jobs: "
        f"p50 {statistics.median(waits):.1f} ms, worst {waits[-1]:.1f} ms"
    )


async def _pick(worker: RedisJobQueue) -> float:
    while (lease := await worker.claim("worker")) is None:
        await worker.wait(5)
    leased = time.perf_counter()
    await worker.complete(lease)
    return leased


@asynccontextmanager
async def _queue(url: str) -> AsyncIterator[RedisJobQueue]:
    client = RedisClient(url)
    yield RedisJobQueue(client, lease_seconds=LEASE)
    await client.aclose()


def _job() -> Job:
    now = datetime.now(UTC)
    return Job(
        id=JobId(str(uuid4())),
        book_id=BookId(str(uuid4())),
        created_at=now,
        updated_at=now,
        owner_id=OwnerId(str(uuid4())),
        file_url="https://example.org/books/a-book-of-usual-length.epub",
    )


if __name__ == "__main__":
    main()
