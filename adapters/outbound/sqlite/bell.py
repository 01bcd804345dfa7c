"""Waking those who wait for a change in this process."""

import asyncio
from contextlib import suppress


class Bell:
    """Take `next_ring` before you look at the data; then no change between is missed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    @property
    def next_ring(self) -> asyncio.Event:
        return self._next


async def heard(ring: asyncio.Event, timeout: float) -> None:
    """Return at the ring, or after `timeout` seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await ring.wait()
