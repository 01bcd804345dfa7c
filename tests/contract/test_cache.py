import pytest

from adapters.outbound.memory.cache import MemoryCache
from adapters.outbound.redis.cache import RedisCache
from adapters.outbound.redis.client import RedisClient
from adapters.outbound.sqlite.cache import SqliteCache
from adapters.outbound.sqlite.database import Database
from application.ports.cache import Cache
from tests.contract.fake_clock import FakeClock
from tests.contract.redis_clock import RedisClock


class CacheContract:
    """The fixture's time is that of `clock`."""

    @pytest.fixture
    def cache(self, clock: FakeClock) -> Cache:
        raise NotImplementedError

    async def test_what_was_never_set_is_a_miss(self, cache: Cache) -> None:
        assert await cache.get("chat:char:1") is None

    async def test_a_value_comes_back_byte_for_byte(self, cache: Cache) -> None:
        value = bytes(range(256))
        await cache.set("key", value, ttl=60)
        assert await cache.get("key") == value

    async def test_an_empty_value_is_a_hit(self, cache: Cache) -> None:
        await cache.set("key", b"", ttl=60)
        assert await cache.get("key") == b""

    async def test_a_value_is_gone_after_its_time(self, cache: Cache, clock: FakeClock) -> None:
        await cache.set("key", b"value", ttl=60)
        await clock.advance(59)
        assert await cache.get("key") == b"value"
        await clock.advance(1)
        assert await cache.get("key") is None

    async def test_setting_again_replaces_value_and_time(
        self, cache: Cache, clock: FakeClock
    ) -> None:
        await cache.set("key", b"old", ttl=10)
        await cache.set("key", b"new", ttl=60)
        await clock.advance(30)
        assert await cache.get("key") == b"new"

    async def test_a_deleted_value_is_a_miss(self, cache: Cache) -> None:
        await cache.set("key", b"value", ttl=60)
        await cache.set("other", b"kept", ttl=60)
        for _ in range(2):
            await cache.delete("key")
        assert await cache.get("key") is None
        assert await cache.get("other") == b"kept"


class TestMemoryCache(CacheContract):
    @pytest.fixture
    def cache(self, clock: FakeClock) -> Cache:
        return MemoryCache(clock=clock)


class TestSqliteCache(CacheContract):
    @pytest.fixture
    def cache(self, database: Database, clock: FakeClock) -> Cache:
        return SqliteCache(database, clock=clock)

    async def test_what_has_run_out_takes_no_room(
        self, cache: Cache, database: Database, clock: FakeClock
    ) -> None:
        await cache.set("old", b"value", ttl=60)
        await clock.advance(60)
        await cache.set("new", b"value", ttl=60)
        async with database.read() as connection:
            rows = await connection.execute_fetchall("SELECT key FROM cache")
        assert [row["key"] for row in rows] == ["new"]

    async def test_another_process_sees_the_value(
        self, cache: Cache, second_database: Database, clock: FakeClock
    ) -> None:
        await cache.set("key", b"value", ttl=60)
        assert await SqliteCache(second_database, clock=clock).get("key") == b"value"


class TestRedisCache(CacheContract):
    @pytest.fixture
    def clock(self, redis: RedisClient) -> FakeClock:
        return RedisClock(redis)

    @pytest.fixture
    def cache(self, redis: RedisClient) -> Cache:
        return RedisCache(redis)

    async def test_another_process_sees_the_value(
        self, cache: Cache, second_redis: RedisClient
    ) -> None:
        await cache.set("key", b"value", ttl=60)
        assert await RedisCache(second_redis).get("key") == b"value"

    async def test_a_value_stands_under_its_key_as_given(
        self, cache: Cache, redis: RedisClient
    ) -> None:
        await cache.set("chat:char:1", b"value", ttl=60)
        assert await redis.command("GET", "chat:char:1") == b"value"

    async def test_what_another_program_keeps_under_the_key_is_a_miss_and_gives_way(
        self, cache: Cache, redis: RedisClient
    ) -> None:
        await redis.command("HSET", "chat:sess:1", "title", "Hard Times")
        assert await cache.get("chat:sess:1") is None
        await cache.set("chat:sess:1", b"value", ttl=60)
        assert await cache.get("chat:sess:1") == b"value"
