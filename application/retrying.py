"""Ask again where that may help: a part that is away for a moment, or has too much to do."""

import asyncio
import random
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


READER_WAITS = Patience(attempts=2, first_pause=0.3, longest_pause=2.0)
NOBODY_WAITS = Patience(attempts=6, first_pause=1.0, longest_pause=60.0)  # a job in the background


async def retried(
    ask: Callable[[], Awaitable[T]],
    patience: Patience,
    *,
    jitter: Callable[[], float] = random.random,
) -> T:
    """What `ask` gives, asked anew while it raises Unavailable and patience lasts.

    Only for what may be done twice. Any other error is told at once.
    """
    attempt = 1
    while True:
        try:
            return await ask()
        except Unavailable as error:
            pause = patience.pause_after(attempt, error.retry_after, jitter())
            if pause is None:
                raise
        await asyncio.sleep(pause)
        attempt += 1
