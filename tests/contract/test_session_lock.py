import asyncio
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from adapters.outbound.memory.session_lock import MemorySessionLock
from adapters.outbound.redis import session_lock as redis_lock
from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.session_lock import RedisSessionLock
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.session_lock import RENEW_EVERY, TTL, SqliteSessionLock
from application.ports.session_lock import SessionLock
from domain.errors import SessionBusy
from domain.ids import SessionId
from tests.contract.fake_clock import FakeClock
from tests.contract.redis_clock import RedisClock
from tests.services.redis import RedisServer

SESSION, OTHER = SessionId("session"), SessionId("other session")


class SessionLockContract:
    @pytest.fixture
    def lock(self) -> SessionLock:
        raise NotImplementedError

    async def test_a_held_session_is_busy(self, lock: SessionLock) -> None:
        async with lock.hold(SESSION):
            with pytest.raises(SessionBusy) as refusal:
                async with lock.hold(SESSION):
                    pass
        assert refusal.value.retry_after is not None

    async def test_who_was_refused_does_not_free_the_session(self, lock: SessionLock) -> None:
        async with lock.hold(SESSION):
            for _ in range(2):
                with pytest.raises(SessionBusy):
                    async with lock.hold(SESSION):
                        pass

    async def test_a_session_is_free_after_its_holder(self, lock: SessionLock) -> None:
        async with lock.hold(SESSION):
            pass
        async with lock.hold(SESSION):
            pass

    async def test_a_session_is_free_after_an_error(self, lock: SessionLock) -> None:
        with pytest.raises(ZeroDivisionError):
            async with lock.hold(SESSION):
                raise ZeroDivisionError
        async with lock.hold(SESSION):
            pass

    async def test_a_session_is_free_after_its_holder_was_cancelled(
        self, lock: SessionLock
    ) -> None:
        held = asyncio.Event()

        async def a_turn() -> None:
            async with lock.hold(SESSION):
                held.set()
                await asyncio.Event().wait()

        turn = asyncio.create_task(a_turn())
        await held.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        async with lock.hold(SESSION):
            pass

    async def test_a_session_is_free_whenever_its_holder_was_cancelled(
        self, lock: SessionLock
    ) -> None:
        async def a_turn() -> None:
            async with lock.hold(SESSION):
                await asyncio.Event().wait()

        for steps in range(40):
            turn = asyncio.create_task(a_turn())
            for _ in range(steps):
                await asyncio.sleep(0)
            turn.cancel()
            await asyncio.wait([turn])
            async with lock.hold(SESSION):
                pass

    async def test_sessions_do_not_hold_up_each_other(self, lock: SessionLock) -> None:
        async with lock.hold(SESSION), lock.hold(OTHER):
            pass

    async def test_the_fence_grows_with_every_holder(self, lock: SessionLock) -> None:
        fences = []
        for _ in range(3):
            async with lock.hold(SESSION) as lease:
                fences.append(lease.fence)
        assert fences == sorted(set(fences))
        assert fences[0] > 0

    async def test_a_held_lease_is_not_lost(self, lock: SessionLock) -> None:
        async with lock.hold(SESSION) as lease:
            assert not lease.lost.is_set()

    async def test_of_many_at_once_one_holds_the_session(self, lock: SessionLock) -> None:
        async with AsyncExitStack() as holders:
            tries = [holders.enter_async_context(lock.hold(SESSION)) for _ in range(20)]
            ends = await asyncio.gather(*tries, return_exceptions=True)
        refused = [end for end in ends if isinstance(end, SessionBusy)]
        assert len(refused) == 19


class ExpiringSessionLockContract(SessionLockContract):
    """Of locks that outlive their process: they run out after `TTL` of the fixture's `clock`,
    unless the holder renews them every `RENEW_EVERY` seconds. `elsewhere` is another process."""

    @pytest.fixture
    def elsewhere(self) -> SessionLock:
        raise NotImplementedError

    async def test_a_session_held_elsewhere_is_busy(
        self, lock: SessionLock, elsewhere: SessionLock
    ) -> None:
        async with lock.hold(SESSION):
            with pytest.raises(SessionBusy):
                async with elsewhere.hold(SESSION):
                    pass

    async def test_the_fence_grows_across_processes(
        self, lock: SessionLock, elsewhere: SessionLock
    ) -> None:
        async with lock.hold(SESSION) as first:
            pass
        async with elsewhere.hold(SESSION) as second:
            pass
        assert second.fence > first.fence

    async def test_a_lock_is_renewed_for_as_long_as_it_is_held(
        self, lock: SessionLock, elsewhere: SessionLock, clock: FakeClock
    ) -> None:
        async with lock.hold(SESSION) as lease:
            await clock.someone_sleeps()
            for _ in range(6):
                await clock.advance(RENEW_EVERY)
            with pytest.raises(SessionBusy):
                async with elsewhere.hold(SESSION):
                    pass
            assert not lease.lost.is_set()

    async def test_the_lock_of_a_killed_process_runs_out(
        self, lock: SessionLock, elsewhere: SessionLock, clock: FakeClock
    ) -> None:
        async with lock.hold(SESSION) as killed:
            clock.freeze_sleepers()
            await clock.advance(TTL)
            async with elsewhere.hold(SESSION) as lease:
                assert lease.fence > killed.fence

    async def test_a_holder_that_slept_too_long_learns_that_it_lost(
        self, lock: SessionLock, elsewhere: SessionLock, clock: FakeClock
    ) -> None:
        async with lock.hold(SESSION) as slept:
            await clock.someone_sleeps()
            thaw = clock.freeze_sleepers()
            await clock.advance(TTL)
            async with elsewhere.hold(SESSION) as lease:
                thaw()
                await slept.lost.wait()
                assert not lease.lost.is_set()

    async def test_a_late_holder_does_not_free_the_lock_of_the_next(
        self, lock: SessionLock, elsewhere: SessionLock, clock: FakeClock
    ) -> None:
        async with AsyncExitStack() as next_holder:
            async with lock.hold(SESSION):
                clock.freeze_sleepers()
                await clock.advance(TTL)
                await next_holder.enter_async_context(elsewhere.hold(SESSION))
            with pytest.raises(SessionBusy):
                async with lock.hold(SESSION):
                    pass


class TestMemorySessionLock(SessionLockContract):
    @pytest.fixture
    def lock(self) -> SessionLock:
        return MemorySessionLock()


class TestSqliteSessionLock(ExpiringSessionLockContract):
    @pytest.fixture
    def lock(self, database: Database, clock: FakeClock) -> SessionLock:
        return SqliteSessionLock(database, clock=clock, sleep=clock.sleep)

    @pytest.fixture
    def elsewhere(self, second_database: Database, clock: FakeClock) -> SessionLock:
        return SqliteSessionLock(second_database, clock=clock, sleep=clock.sleep)

    async def test_a_lock_that_cannot_be_renewed_is_lost_when_it_runs_out(
        self, lock: SessionLock, database: Database, clock: FakeClock
    ) -> None:
        async with lock.hold(SESSION) as lease:
            await clock.someone_sleeps()
            await database.aclose()
            await clock.advance(RENEW_EVERY)
            assert not lease.lost.is_set()
            await clock.advance(TTL)
            await lease.lost.wait()

    async def test_the_fence_grows_where_the_last_one_was_lost(
        self, lock: SessionLock, clock: FakeClock, tmp_path: Path
    ) -> None:
        async with lock.hold(SESSION) as lease:
            pass
        await clock.advance(1)
        async with aclosing(Database(tmp_path / "new.db")) as database:
            new_lock = SqliteSessionLock(database, clock=clock, sleep=clock.sleep)
            async with new_lock.hold(SESSION) as later:
                pass
        assert later.fence > lease.fence


class TestRedisSessionLock(ExpiringSessionLockContract):
    @pytest.fixture
    def clock(self, redis: RedisClient) -> FakeClock:
        assert (redis_lock.TTL, redis_lock.RENEW_EVERY) == (TTL, RENEW_EVERY)
        return RedisClock(redis)

    @pytest.fixture
    def lock(self, redis: RedisClient, clock: FakeClock) -> SessionLock:
        return a_redis_lock(redis, clock)

    @pytest.fixture
    def elsewhere(self, second_redis: RedisClient, clock: FakeClock) -> SessionLock:
        return a_redis_lock(second_redis, clock)

    async def test_the_lock_is_a_key_with_a_random_token(
        self, lock: SessionLock, redis: RedisClient
    ) -> None:
        async with lock.hold(SESSION):
            token = await redis.command("GET", f"chat:lock:{SESSION}")
            assert len(bytes.fromhex(token.decode())) == 16
            assert 0 < await redis.command("TTL", f"chat:lock:{SESSION}") <= TTL
        assert await redis.command("EXISTS", f"chat:lock:{SESSION}") == 0

    async def test_the_fence_grows_also_where_redis_has_lost_its_data(
        self, lock: SessionLock, redis_server: RedisServer
    ) -> None:
        async with lock.hold(SESSION) as before:
            redis_server.flush()
        async with lock.hold(SESSION) as after:
            assert after.fence > before.fence

    async def test_the_fence_grows_also_where_the_clock_was_set_back(
        self, lock: SessionLock, redis: RedisClient
    ) -> None:
        async with lock.hold(SESSION) as before:
            ahead = before.fence + 3_600_000
        await redis.command("SET", f"chat:fence:{SESSION}", ahead)
        async with lock.hold(SESSION) as after:
            assert after.fence == ahead + 1

    async def test_a_lock_that_cannot_be_renewed_is_lost_when_it_runs_out(
        self, fragile_redis: RedisServer
    ) -> None:
        clock, client = FakeClock(), RedisClient(fragile_redis.url)
        async with a_redis_lock(client, clock).hold(SESSION) as lease:
            await clock.someone_sleeps()
            fragile_redis.kill()
            await clock.advance(RENEW_EVERY)
            assert not lease.lost.is_set()
            await clock.advance(TTL)
            await lease.lost.wait()
        await client.aclose()


def a_redis_lock(redis: RedisClient, clock: FakeClock) -> SessionLock:
    return RedisSessionLock(redis, monotonic=lambda: clock().timestamp(), sleep=clock.sleep)
