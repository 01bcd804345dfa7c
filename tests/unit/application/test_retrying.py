import asyncio
from collections.abc import Awaitable, Callable

import pytest

from application.retrying import Patience, retried
from domain.errors import ModelFailed, ModelRateLimited, StoreUnavailable, Unavailable

HASTY = Patience(attempts=3, first_pause=0.0)


def failing(times: int, error: Exception) -> tuple[Callable[[], Awaitable[str]], list[int]]:
    """Something that fails so many times before it answers, and how often it was asked."""
    asked: list[int] = []

    async def ask() -> str:
        asked.append(len(asked))
        if len(asked) <= times:
            raise error
        return "answer"

    return ask, asked


async def test_what_is_away_is_asked_again() -> None:
    ask, asked = failing(2, StoreUnavailable("away"))
    assert await retried(ask, HASTY) == "answer"
    assert len(asked) == 3


async def test_patience_ends() -> None:
    ask, asked = failing(3, StoreUnavailable("away"))
    with pytest.raises(StoreUnavailable):
        await retried(ask, HASTY)
    assert len(asked) == 3


async def test_what_no_asking_mends_is_told_at_once() -> None:
    ask, asked = failing(1, ModelFailed("a bad key"))
    with pytest.raises(ModelFailed):
        await retried(ask, HASTY)
    assert len(asked) == 1


async def test_a_longer_pause_than_the_caller_waits_is_told_at_once() -> None:
    ask, asked = failing(1, ModelRateLimited("later", retry_after=60))
    with pytest.raises(ModelRateLimited):
        await retried(ask, Patience(longest_pause=59))
    assert len(asked) == 1


async def test_no_attempt_begins_after_the_time_that_the_caller_gives() -> None:
    ask, asked = failing(9, Unavailable("away"))
    times = iter([100.0, 102.0, 104.5])
    patience = Patience(attempts=9, first_pause=0.0, within=4.0)
    with pytest.raises(Unavailable):
        await retried(ask, patience, clock=lambda: next(times))
    assert len(asked) == 2


async def test_a_cancelled_caller_asks_no_more() -> None:
    ask, asked = failing(9, Unavailable("away"))
    asking = asyncio.create_task(retried(ask, Patience(first_pause=3600, longest_pause=3600)))
    async with asyncio.timeout(30):
        while not asked:
            await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(asked) == 1


class TestPatience:
    def test_pauses_grow_to_the_longest(self) -> None:
        patience = Patience(attempts=9, first_pause=1, longest_pause=5)
        pauses = [patience.pause_after(n, None, 1.0) for n in range(1, 9)]
        assert pauses == [1, 2, 4, 5, 5, 5, 5, 5]

    def test_chance_takes_up_to_half_of_a_pause(self) -> None:
        assert Patience(first_pause=2).pause_after(1, None, 0.0) == 1

    def test_what_was_asked_for_is_never_cut_short(self) -> None:
        patience = Patience(first_pause=2, longest_pause=10)
        assert patience.pause_after(1, 10, 0.0) == 10
        assert patience.pause_after(1, 10, 1.0) == 11

    def test_none_after_the_last_attempt(self) -> None:
        assert Patience(attempts=2).pause_after(2, 0, 0.0) is None
