"""How long jobs are known after their end."""

import pytest

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.job_store import KEPT
from adapters.outbound.redis.jobs import RedisJobQueue
from domain.errors import JobNotFound
from domain.job import JobState
from domain.page import PageRequest
from tests.contract.jobs import BROKEN, a_job, a_lease, claimed
from tests.contract.redis_clock import RedisClock


@pytest.fixture
def clock(redis: RedisClient) -> RedisClock:
    return RedisClock(redis)


@pytest.fixture
def queue(redis: RedisClient, clock: RedisClock) -> RedisJobQueue:
    return RedisJobQueue(redis, clock=clock)


async def test_an_ended_job_is_forgotten_some_time_after_the_next_of_its_book(
    queue: RedisJobQueue, clock: RedisClock
) -> None:
    await queue.complete(await a_lease(queue, 1))
    await queue.enqueue(a_job(2, book=1))
    await queue.complete(await claimed(queue))
    await clock.advance(KEPT - 60)
    await queue.enqueue(a_job(3))
    assert (await queue.get(a_job(1).id)).state is JobState.COMPLETED
    await clock.advance(60)
    await queue.enqueue(a_job(4))
    with pytest.raises(JobNotFound):
        await queue.get(a_job(1).id)
    known = (await queue.list(None, PageRequest())).items
    assert [job.id for job in known] == [a_job(number).id for number in (4, 3, 2)]


async def test_the_latest_job_of_a_book_is_known_for_ever(
    queue: RedisJobQueue, clock: RedisClock
) -> None:
    await queue.complete(await a_lease(queue, 1))
    await clock.advance(KEPT * 10)
    await queue.enqueue(a_job(2))
    latest = await queue.latest_of(a_job(1).book_id)
    assert latest
    assert latest.state is JobState.COMPLETED


async def test_an_older_job_that_is_tried_again_is_known_until_it_has_ended_again(
    queue: RedisJobQueue, clock: RedisClock
) -> None:
    await queue.fail(await a_lease(queue, 1), BROKEN, retry=False)
    await queue.enqueue(a_job(2, book=1))
    await queue.complete(await claimed(queue))
    await queue.retry(a_job(1).id)
    await clock.advance(KEPT + 1)
    await queue.enqueue(a_job(3))
    lease = await claimed(queue)
    assert lease.job.id == a_job(1).id
    await queue.complete(lease)
    await clock.advance(KEPT + 1)
    await queue.enqueue(a_job(4))
    with pytest.raises(JobNotFound):
        await queue.get(a_job(1).id)
