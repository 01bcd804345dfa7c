"""Cut a text into passages, embed them, and fill both indices of a content version."""

from collections.abc import Awaitable, Callable

BATCH = 64  # texts embedded and written at a time: a few seconds of work, so progress is seen

Report = Callable[[float, str], Awaitable[None]]
