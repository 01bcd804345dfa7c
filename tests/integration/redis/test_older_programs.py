"""The list `processing_queue` is shared with programs that were there before."""

import json
from typing import Any

import pytest

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.job_store import TAKEN_GRACE
from adapters.outbound.redis.jobs import RedisJobQueue
from domain.job import JobError, JobState
from tests.contract.jobs import BROKEN, a_job, a_lease, claimed
from tests.contract.redis_clock import RedisClock

BOOK = "0b8e8d1e-6f4b-4a4c-9a53-0d9be1f4d001"
USER = "5f0c7a52-32aa-4be5-a7ae-64a7c6c2a9d1"
URL = "https://example.org/storage/v1/object/sign/hard-times.epub?token=a/b"
ELEMENT = {"book_id": BOOK, "file_url": URL, "user_id": USER}


@pytest.fixture
def clock(redis: RedisClient) -> RedisClock:
    return RedisClock(redis)


@pytest.fixture
def queue(redis: RedisClient, clock: RedisClock) -> RedisJobQueue:
    return RedisJobQueue(redis, clock=clock)


async def push(redis: RedisClient, element: Any) -> None:
    written = element if isinstance(element, bytes) else json.dumps(element)
    await redis.command("RPUSH", "processing_queue", written)


async def dead_letters(redis: RedisClient) -> list[Any]:
    letters = await redis.command("LRANGE", "processing_queue:dead", 0, -1)
    return [json.loads(letter.decode(errors="replace")) for letter in letters]


@pytest.mark.parametrize("more", [{}, {"attempt": 2, "title": "Hard Times"}])
async def test_an_older_producers_element_is_a_job(
    queue: RedisJobQueue, redis: RedisClient, clock: RedisClock, more: dict[str, Any]
) -> None:
    await push(redis, {**ELEMENT, **more})
    lease = await claimed(queue)
    job = lease.job
    assert (job.book_id, job.file_url, job.owner_id) == (BOOK, URL, USER)
    assert (job.state, job.attempts, job.max_attempts) == (JobState.RUNNING, 1, 3)
    assert job.created_at == clock()
    assert await queue.get(job.id) == job
    assert await queue.latest_of(job.book_id) == job
    await queue.complete(lease)
    assert (await queue.get(job.id)).state is JobState.COMPLETED


async def test_an_older_producers_job_comes_back_like_any_other(
    queue: RedisJobQueue, redis: RedisClient, clock: RedisClock
) -> None:
    await push(redis, ELEMENT)
    first = await claimed(queue)
    await queue.release(first)
    again = await claimed(queue)
    assert (again.job.id, again.token) == (first.job.id, first.token + 1)
    await clock.advance(31)
    assert (await claimed(queue)).job.id == first.job.id


async def test_a_book_that_is_in_work_gets_no_second_job_from_an_older_producer(
    queue: RedisJobQueue, redis: RedisClient
) -> None:
    for _ in range(3):
        await push(redis, ELEMENT)
    lease = await claimed(queue)
    assert await queue.claim("worker") is None
    await queue.complete(lease)
    await push(redis, ELEMENT)
    assert (await claimed(queue)).job.id != lease.job.id


async def test_an_older_consumer_can_read_our_elements(
    queue: RedisJobQueue, redis: RedisClient
) -> None:
    job = a_job()
    await queue.enqueue(job)
    element = json.loads(await redis.command("LINDEX", "processing_queue", 0))
    assert element == {
        "book_id": job.book_id,
        "file_url": job.file_url,
        "user_id": "",
        "job_id": job.id,
    }


@pytest.mark.parametrize(
    "element",
    [
        b"",
        b"no JSON",
        b"\xff\xfe{",
        b"[" * 5000,
        b"null",
        b"42",
        b'"text"',
        [BOOK],
        {},
        {**ELEMENT, "book_id": "Hard Times"},
        {**ELEMENT, "book_id": 7},
        {**ELEMENT, "file_url": ["a"]},
        {**ELEMENT, "user_id": 7},
        {**ELEMENT, "job_id": "none of ours", "book_id": None},
    ],
)
async def test_what_is_no_job_is_a_dead_letter_with_its_reason(
    queue: RedisJobQueue, redis: RedisClient, element: Any
) -> None:
    await push(redis, element)
    await queue.enqueue(a_job())
    assert (await claimed(queue)).job.id == a_job().id
    (letter,) = await dead_letters(redis)
    assert letter["message"]
    assert letter["code"] == "invalid_input"


async def test_bytes_that_are_no_text_do_not_stop_a_worker(
    queue: RedisJobQueue, redis: RedisClient
) -> None:
    element = json.dumps(ELEMENT).encode().replace(b"hard-times", b"h\xffrd")
    await push(redis, element)
    await queue.wait(1)  # taken by waiting, too
    assert (await claimed(queue)).job.book_id == BOOK


async def test_a_flood_of_what_is_no_job_does_not_hide_a_job(
    queue: RedisJobQueue, redis: RedisClient
) -> None:
    await redis.command("RPUSH", "processing_queue", *(["no job"] * 2500))
    await queue.enqueue(a_job())
    assert (await claimed(queue)).job.id == a_job().id
    assert len(await dead_letters(redis)) == 1000


@pytest.mark.parametrize("element", [ELEMENT, None])
async def test_an_element_whose_taker_died_before_it_leased_the_job_is_found(
    queue: RedisJobQueue,
    redis: RedisClient,
    clock: RedisClock,
    element: dict[str, str] | None,
) -> None:
    if element:
        await push(redis, element)
    else:
        await queue.enqueue(a_job())
    await redis.command("LMOVE", "processing_queue", "processing_queue:processing", "LEFT", "RIGHT")
    assert await queue.claim("worker") is None  # its taker may be about to lease it
    await clock.advance(TAKEN_GRACE)
    assert (await claimed(queue)).job.book_id == (BOOK if element else a_job().book_id)
    assert await queue.claim("worker") is None


async def test_whoever_took_an_element_too_slowly_gets_another_job(
    queue: RedisJobQueue, second_redis: RedisClient, clock: RedisClock
) -> None:
    slow = RedisJobQueue(second_redis, clock=clock)
    await queue.enqueue(a_job(1))
    await slow.wait(1)
    assert await queue.claim("worker") is None
    await clock.advance(TAKEN_GRACE)
    assert (await claimed(queue)).job.id == a_job(1).id
    await queue.enqueue(a_job(2))
    assert (await claimed(slow)).job.id == a_job(2).id


async def test_a_job_cancelled_after_it_was_taken_is_not_run(
    queue: RedisJobQueue, redis: RedisClient
) -> None:
    await queue.enqueue(a_job())
    await queue.wait(1)
    await queue.cancel(a_job().id)
    assert await queue.claim("worker") is None
    assert not await redis.command("EXISTS", "processing_queue:processing")


async def test_a_failed_job_is_a_dead_letter_until_it_is_tried_again(
    queue: RedisJobQueue, redis: RedisClient
) -> None:
    lease = await a_lease(queue)
    await queue.fail(lease, JobError("broken_file", "The file is “broken”."), retry=False)
    (letter,) = await dead_letters(redis)
    assert (letter["code"], letter["message"]) == ("broken_file", "The file is “broken”.")
    assert json.loads(letter["element"])["job_id"] == lease.job.id
    await queue.retry(lease.job.id)
    assert await dead_letters(redis) == []
    await queue.fail(await claimed(queue), BROKEN, retry=False)
    await queue.delete_of_book(lease.job.book_id)
    assert await dead_letters(redis) == []


async def test_of_an_ended_job_nothing_is_left_once_its_book_is_deleted(
    queue: RedisJobQueue, redis: RedisClient
) -> None:
    for number in (1, 2):
        await queue.complete(await a_lease(queue, number))
    await queue.enqueue(a_job(3))
    for number in (1, 2, 3):
        await queue.delete_of_book(a_job(number).book_id)
    assert await redis.command("KEYS", "*") == [b"processing_queue:seq"]
