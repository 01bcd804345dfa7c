from asyncio import Event
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from domain.ids import SessionId


@dataclass(frozen=True, slots=True)
class LockLease:
    fence: int  # grows with every holder of the session's lock, across restarts
    lost: Event = field(default_factory=Event, compare=False)  # set if it could not be renewed


class SessionLock(Protocol):
    def hold(self, session_id: SessionId) -> AbstractAsyncContextManager[LockLease]:
        """One turn at a time in a session; renewed while the context is open, released at its
        end. Raises SessionBusy at once if another holds it."""
        ...
