from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.ports.session_lock import LockLease
from domain.errors import SessionBusy
from domain.ids import SessionId


class MemorySessionLock:
    """Its holders live and die with this process, so there is nothing to renew."""

    def __init__(self) -> None:
        self.held: set[SessionId] = set()
        self._fences: Counter[SessionId] = Counter()

    @asynccontextmanager
    async def hold(self, session_id: SessionId) -> AsyncIterator[LockLease]:
        if session_id in self.held:
            raise SessionBusy(
                "This session is answering another message. Try again when it is done.",
                retry_after=1.0,
            )
        self.held.add(session_id)
        self._fences[session_id] += 1
        try:
            yield LockLease(fence=self._fences[session_id])
        finally:
            self.held.discard(session_id)
