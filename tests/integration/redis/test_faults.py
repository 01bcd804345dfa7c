"""Redis killed, hung, full, or away: nothing that was promised is lost, and all goes on after."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from adapters.outbound.redis.cache import RedisCache
from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.health import RedisHealthCheck
from adapters.outbound.redis.jobs import RedisJobQueue
from adapters.outbound.redis.session_lock import RedisSessionLock
from adapters.outbound.redis.turn_stream import RedisTurnStream
from application.ports.clock import utc_now
from domain.errors import JobNotFound, LeaseLost, Misconfigured, StoreUnavailable
from domain.ids import JobId, SessionId, TurnId
from domain.job import Job, JobState
from domain.turn import TextDelta
from tests.contract.jobs import PATIENCE, a_job, a_lease, claimed
from tests.services.redis import RedisServer


@pytest.fixture
async def client(fragile_redis: RedisServer) -> AsyncIterator[RedisClient]:
    client = RedisClient(fragile_redis.url, answer_timeout=1)
    yield client
    await client.aclose()


@pytest.fixture
def queue(client: RedisClient) -> RedisJobQueue:
    return RedisJobQueue(client)


async def test_every_job_that_was_acknowledged_outlives_the_death_of_redis(
    client: RedisClient, fragile_redis: RedisServer
) -> None:
    # Short leases: a job leased by a claim whose answer was lost is run while the test looks on.
    queue = RedisJobQueue(client, lease_seconds=2)
    acknowledged: list[Job] = []
    refused, done = 0, set()

    async def produce(numbers: "itertools.count[int]") -> None:
        nonlocal refused
        while len(acknowledged) < 300:
            try:
                acknowledged.append(await queue.enqueue(a_job(next(numbers))))
            except StoreUnavailable:
                refused += 1
                await asyncio.sleep(0.01)

    async def consume() -> None:
        while True:
            with suppress(LeaseLost):
                try:
                    if lease := await queue.claim("worker"):
                        await queue.complete(lease)
                        done.add(lease.job.id)
                    else:
                        await queue.wait(0.1)
                except StoreUnavailable:
                    await asyncio.sleep(0.01)

    async def fault() -> None:
        for reached in (50, 120, 200):
            while len(acknowledged) < reached:
                await asyncio.sleep(0)
            fragile_redis.kill()
            before = refused
            while refused == before:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(fragile_redis.start)

    async def state(job_id: JobId) -> JobState:
        return (await queue.get(job_id)).state

    async with asyncio.timeout(PATIENCE * 6):
        consuming = asyncio.create_task(consume())
        await asyncio.gather(fault(), *(produce(itertools.count(n)) for n in (0, 10_000)))
        assert {await state(job_id) for job_id in set(done)} == {JobState.COMPLETED}
        for job in acknowledged:
            while await state(job.id) is not JobState.COMPLETED:
                await asyncio.sleep(0.05)
        consuming.cancel()
        await asyncio.wait([consuming])
    assert refused >= 3


async def test_redis_may_be_away_at_the_start_and_come_later(
    queue: RedisJobQueue, client: RedisClient, fragile_redis: RedisServer
) -> None:
    fragile_redis.kill()
    for asking in (
        queue.enqueue(a_job()),
        queue.claim("worker"),
        queue.wait(1),
        queue.get(a_job().id),
        RedisTurnStream(client).append(TurnId("turn"), TextDelta("a")),
        RedisCache(client).delete("key"),
        RedisSessionLock(client).hold(SessionId("session")).__aenter__(),
    ):
        with pytest.raises(StoreUnavailable) as refusal:
            await asking
        assert refusal.value.retry_after
    assert not (await RedisHealthCheck(client).check()).ok
    fragile_redis.start()
    assert await queue.enqueue(a_job()) == a_job()
    assert (await RedisHealthCheck(client).check()).ok


async def test_a_redis_that_hangs_holds_nobody_up_for_long(
    queue: RedisJobQueue, fragile_redis: RedisServer
) -> None:
    lease = await a_lease(queue)
    fragile_redis.hang()
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(StoreUnavailable):
            await queue.enqueue(a_job(2))
        with pytest.raises(StoreUnavailable):
            await queue.wait(0.1)
    fragile_redis.go_on()
    await queue.complete(lease)


async def test_a_cache_without_redis_misses(
    client: RedisClient, fragile_redis: RedisServer
) -> None:
    now = 0.0
    cache = RedisCache(client, monotonic=lambda: now)
    await cache.set("key", b"value", ttl=60)
    fragile_redis.kill()
    assert await cache.get("key") is None
    await cache.set("key", b"other", ttl=60)
    fragile_redis.start()
    assert await cache.get("key") is None  # it is not asked again at once
    now = 10.0
    assert await cache.get("key") == b"value"


async def test_a_full_redis_takes_no_new_job_and_lets_those_it_has_end(
    queue: RedisJobQueue, client: RedisClient, fragile_redis: RedisServer
) -> None:
    running = await a_lease(queue, 1)
    await queue.enqueue(a_job(2))
    fragile_redis.fill()
    with pytest.raises(StoreUnavailable) as refusal:
        await queue.enqueue(a_job(3))
    assert refusal.value.retry_after
    assert "memory" in refusal.value.message
    with pytest.raises(JobNotFound):
        await queue.get(a_job(3).id)
    assert await queue.latest_of(a_job(3).book_id) is None
    await queue.heartbeat(running)
    await queue.complete(running)
    await queue.complete(await claimed(queue))
    await RedisCache(client).set("key", b"value", ttl=60)
    with pytest.raises(StoreUnavailable):
        async with RedisSessionLock(client).hold(SessionId("session")):
            pass


async def test_scripts_are_sent_again_after_redis_has_forgotten_them(
    queue: RedisJobQueue, client: RedisClient
) -> None:
    lease = await a_lease(queue)
    await client.command("SCRIPT", "FLUSH")
    assert (await queue.heartbeat(lease)).state is JobState.RUNNING


async def test_a_watcher_goes_on_after_redis_was_away(
    queue: RedisJobQueue, fragile_redis: RedisServer
) -> None:
    await queue.enqueue(a_job())
    watching = queue.watch(a_job().id)
    assert (await anext(watching)).state is JobState.QUEUED
    fragile_redis.kill()
    await asyncio.to_thread(fragile_redis.start)
    async with asyncio.timeout(PATIENCE):
        await queue.cancel(a_job().id)
        assert [job.state async for job in watching] == [JobState.CANCELLED]


async def test_hosts_whose_clocks_are_wrong_do_not_run_a_job_twice(
    redis: RedisClient, second_redis: RedisClient
) -> None:
    early = RedisJobQueue(redis, clock=lambda: utc_now() - timedelta(hours=1))
    late = RedisJobQueue(second_redis, clock=lambda: utc_now() + timedelta(hours=1))
    lease = await a_lease(early)
    assert await late.claim("late") is None
    await early.heartbeat(lease)
    assert await late.claim("late") is None
    await early.complete(lease)
    await late.enqueue(a_job(2))
    assert await early.claim("early")
    assert await late.claim("late") is None


async def test_what_redis_may_lose_is_told(redis: RedisClient, fragile_redis: RedisServer) -> None:
    assert "appendonly" not in (await RedisHealthCheck(redis).check()).detail
    client = RedisClient(fragile_redis.url)
    await client.command("CONFIG", "SET", "appendonly", "no")
    await client.command("CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lru")
    health = await RedisHealthCheck(client).check()
    assert health.ok
    assert "appendonly" in health.detail
    assert "allkeys-lru" in health.detail
    await client.aclose()


async def test_a_wrong_password_is_told_and_not_repeated(fragile_redis: RedisServer) -> None:
    with fragile_redis.plain() as plain:
        plain.config_set("requirepass", "right")
    client = RedisClient(fragile_redis.url.replace("//", "//:wr0ng@"))
    health = await RedisHealthCheck(client).check()
    assert not health.ok
    assert "REDIS_URL" in health.detail
    assert "wr0ng" not in health.detail
    await client.aclose()


@pytest.mark.parametrize("url", ["http://:s3cret@example.org", "redis://:s3cret@host:port/0", ""])
def test_an_address_that_is_none_is_told_without_its_password(url: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        RedisClient(url)
    assert "REDIS_URL" in refusal.value.message
    assert "s3cret" not in refusal.value.message
