"""One process's connections: never mixed up, never lost, whoever is cancelled."""

import asyncio
import random

from adapters.outbound.redis.client import RedisClient
from tests.services.redis import RedisServer


async def test_who_is_cancelled_neither_loses_a_connection_nor_mixes_up_answers(
    redis_server: RedisServer,
) -> None:
    chance = random.Random(7)
    client = RedisClient(redis_server.url, max_connections=4)
    for number in range(50):
        await client.command("SET", f"key {number}", number)

    async def ask(number: int) -> None:
        for _ in range(20):
            assert await client.command("GET", f"key {number}") == str(number).encode()

    for _ in range(20):
        tasks = [asyncio.create_task(ask(number)) for number in range(50)]
        for task in chance.sample(tasks, 25):
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            task.cancel()
        for end in await asyncio.gather(*tasks, return_exceptions=True):
            assert end is None or isinstance(end, asyncio.CancelledError)
    await asyncio.gather(*(ask(number) for number in range(50)))
    await client.aclose()


async def test_hundreds_who_ask_at_once_share_the_connections(redis_server: RedisServer) -> None:
    client = RedisClient(redis_server.url, max_connections=4)
    asked = [client.command("SET", f"key {number}", number) for number in range(500)]
    assert len(await asyncio.gather(*asked)) == 500
    assert (await client.command("INFO", "clients"))["connected_clients"] <= 6
    await client.aclose()


async def test_those_who_wait_for_a_change_leave_connections_to_the_others(
    redis_server: RedisServer,
) -> None:
    client = RedisClient(redis_server.url, max_connections=2)
    with client.notices.listening("a"), client.notices.listening("b") as bell:
        await bell.next_ring.wait()
        ring = bell.next_ring
        assert await asyncio.gather(*(client.command("PING") for _ in range(3)))
        await client.command("PUBLISH", "b", "")
        await ring.wait()
    await client.aclose()
