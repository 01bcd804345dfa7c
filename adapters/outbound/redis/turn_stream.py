"""The event logs of turns, as streams in Redis.

An entry's id is the event's number. Readers wait for a notice, all of a process on one connection:
a blocking read each would hold a connection a reader.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

from adapters.outbound.redis.client import RedisClient
from adapters.outbound.redis.script import script
from domain.errors import StaleWrite, TurnNotFound
from domain.ids import TurnId
from domain.turn import LoggedEvent, TurnDone, TurnEvent
from domain.turn_json import event_from_json, event_to_json

KEPT = 3600.0  # seconds after its last event
SILENCE = 300.0  # seconds without an event after which a turn's process must have died
_AT_ONCE = 500  # events read in one step

_APPEND = script("append_event")
_READ = script("read_events", flags="no-writes")


class RedisTurnStream:
    def __init__(self, client: RedisClient) -> None:
        self._client = client

    async def append(self, turn_id: TurnId, event: TurnEvent) -> LoggedEvent:
        number: int | None = await self._client.run(
            *(_APPEND, *_keys(turn_id)),
            json.dumps(event_to_json(event), ensure_ascii=False, separators=(",", ":")),
            int(isinstance(event, TurnDone)),
            *(round(KEPT), round(SILENCE), _channel(turn_id)),
            keys=2,
        )
        if number is None:
            raise StaleWrite("The turn has ended: nothing more can be logged.")
        return LoggedEvent(number, event)

    async def read(self, turn_id: TurnId, after: int = 0) -> AsyncIterator[LoggedEvent]:
        with self._client.notices.listening(_channel(turn_id)) as bell:
            while True:
                ring = bell.next_ring
                found = await self._client.run(_READ, *_keys(turn_id), after, _AT_ONCE, keys=2)
                if found is None:
                    raise TurnNotFound("There is no such turn, or its events are no longer kept.")
                events, has_ended, newest, alive_for = found
                for event in events:
                    after += 1
                    yield LoggedEvent(after, event_from_json(json.loads(event)))
                if after < newest:
                    continue
                if has_ended:
                    return
                if alive_for < 0:
                    raise TurnNotFound("This turn broke off: the process that ran it has ended.")
                with suppress(TimeoutError):
                    async with asyncio.timeout(alive_for / 1000):
                        await ring.wait()


def _keys(turn_id: TurnId) -> tuple[str, str]:
    return f"chat:turn:{turn_id}", f"chat:turn:{turn_id}:alive"


def _channel(turn_id: TurnId) -> str:
    return f"chat:turn:{turn_id}:events"
