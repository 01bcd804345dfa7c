"""Ask again where that may help: a part that is away for a moment, or has too much to do."""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from domain.errors import Unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one caller is ready to wait for an answer that did not come at once."""

    attempts: int = 4
    first_pause: float = 0.5  # seconds; doubled before each further attempt
    longest_pause: float = 20.0
    within: float = math.inf  # seconds after the first attempt in which another may begin

    def pause_after(self, attempt: int, asked_for: float | None, jitter: float) -> float | None:
        """Seconds to wait after a failed attempt (counted from 1); None: do not try again.

        What the other side asked for holds, and is never cut short: if it is longer than the
        caller waits, its error is told. `jitter` in 0..1 spreads those that failed together.
        """
        if attempt >= self.attempts:
            return None
        if asked_for is not None:
            spread = self.first_pause * jitter / 2
            return asked_for + spread if asked_for <= self.longest_pause else None
        longest = min(self.longest_pause, self.first_pause * 2.0 ** (attempt - 1))
        return longest * (1.0 + jitter) / 2.0


# A reader who has waited for a time-out does not wait for another.
READER_WAITS = Patience(attempts=2, first_pause=0.3, longest_pause=2.0, within=4.0)
# A job in the background.
NOBODY_WAITS = Patience(attempts=6, first_pause=1.0, longest_pause=60.0, within=600.0)


async def retried(
    ask: Callable[[], Awaitable[T]],
    patience: Patience,
    *,
    jitter: Callable[[], float] = random.random,
    clock: Callable[[], float] = time.monotonic,
) -> T:
    """What `ask` gives, asked anew while it raises Unavailable and patience lasts.

    Only for what may be done twice. Any other error is told at once.
    """
    attempt = 1
    began = clock()
    while True:
        try:
            return await ask()
        except Unavailable as error:
            pause = patience.pause_after(attempt, error.retry_after, jitter())
            if pause is None or clock() + pause > began + patience.within:
                raise
        await asyncio.sleep(pause)
        attempt += 1
