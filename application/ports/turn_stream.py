from collections.abc import AsyncIterator
from typing import Protocol

from domain.ids import TurnId
from domain.turn import LoggedEvent, TurnEvent


class TurnStream(Protocol):
    """The event log of each turn, kept for a while, so that a stream can be resumed and read by
    many."""

    async def append(self, turn_id: TurnId, event: TurnEvent) -> LoggedEvent:
        """Log an event under the next number. After TurnDone raises StaleWrite."""
        ...

    def read(self, turn_id: TurnId, after: int = 0) -> AsyncIterator[LoggedEvent]:
        """The events after number `after`, then those to come, through TurnDone.

        Raises TurnNotFound if the turn is unknown or no longer kept, and in place of TurnDone if
        the process that ran the turn has died.
        """
        ...
