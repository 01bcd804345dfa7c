import asyncio
from collections.abc import AsyncIterator

from domain.errors import StaleWrite, TurnNotFound
from domain.ids import TurnId
from domain.turn import LoggedEvent, TurnDone, TurnEvent


class MemoryTurnStream:
    def __init__(self) -> None:
        self.logs: dict[TurnId, list[LoggedEvent]] = {}
        self._more = asyncio.Condition()

    async def append(self, turn_id: TurnId, event: TurnEvent) -> LoggedEvent:
        log = self.logs.setdefault(turn_id, [])
        if log and isinstance(log[-1].event, TurnDone):
            raise StaleWrite("The turn has ended: nothing more can be logged.")
        logged = LoggedEvent(len(log) + 1, event)
        log.append(logged)
        async with self._more:
            self._more.notify_all()
        return logged

    async def read(self, turn_id: TurnId, after: int = 0) -> AsyncIterator[LoggedEvent]:
        if turn_id not in self.logs:
            raise TurnNotFound("There is no such turn, or its events are no longer kept.")
        log = self.logs[turn_id]
        while True:
            while after < len(log):
                after += 1
                yield log[after - 1]
            if isinstance(log[-1].event, TurnDone):
                return
            async with self._more:
                while after >= len(log):
                    await self._more.wait()
