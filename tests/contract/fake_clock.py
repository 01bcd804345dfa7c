"""Time that passes when a test says so.

An adapter on a server with a clock of its own inherits a contract with a clock whose `advance`
waits, on a scale of its own.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@dataclass
class _Sleeper:
    task: asyncio.Task[Any]
    wakes_at: datetime
    awake: asyncio.Event = field(default_factory=asyncio.Event)


class FakeClock:
    def __init__(self) -> None:
        self.now = START
        self._sleepers: list[_Sleeper] = []
        self._slept = asyncio.Condition()
        self._frozen = False

    def __call__(self) -> datetime:
        return self.now

    async def advance(self, seconds: float) -> None:
        """Let time pass; whoever wakes by it gets to its next sleep, or its end, first."""
        self.now += timedelta(seconds=seconds)
        if not self._frozen:
            await asyncio.gather(*(self._settled(sleeper) for sleeper in self._wake()))

    async def sleep(self, seconds: float) -> None:
        """In place of `asyncio.sleep`, for loops that sleep again and again."""
        task = asyncio.current_task()
        assert task is not None
        sleeper = _Sleeper(task, self.now + timedelta(seconds=seconds))
        async with self._slept:
            self._sleepers.append(sleeper)
            self._slept.notify_all()
        await sleeper.awake.wait()

    async def someone_sleeps(self) -> None:
        async with self._slept:
            await self._slept.wait_for(lambda: bool(self._sleepers))

    def freeze_sleepers(self) -> Callable[[], object]:
        """As if their process was stopped: nobody wakes, until what is returned is called."""
        self._frozen = True
        return self._thaw

    def _thaw(self) -> None:
        self._frozen = False
        self._wake()

    def _wake(self) -> list[_Sleeper]:
        due = [sleeper for sleeper in self._sleepers if sleeper.wakes_at <= self.now]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper not in due]
        for sleeper in due:
            sleeper.awake.set()
        return due

    async def _settled(self, woken: _Sleeper) -> None:
        sleeping_again = asyncio.ensure_future(self._sleeps(woken.task))
        await asyncio.wait([woken.task, sleeping_again], return_when=asyncio.FIRST_COMPLETED)
        sleeping_again.cancel()

    async def _sleeps(self, task: asyncio.Task[Any]) -> None:
        async with self._slept:
            await self._slept.wait_for(lambda: any(s.task is task for s in self._sleepers))
