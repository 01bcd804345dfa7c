"""The event logs of turns, in SQLite."""

from collections.abc import AsyncIterator
from datetime import timedelta
from weakref import WeakValueDictionary

from adapters.outbound.sqlite.bell import Bell, heard
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.values import from_json, from_time, to_json, to_time
from application.ports.clock import Clock, utc_now
from domain.errors import StaleWrite, TurnNotFound
from domain.ids import TurnId
from domain.turn import LoggedEvent, TurnDone, TurnEvent, TurnStarted
from domain.turn_json import event_from_json, event_to_json

KEPT = 3600.0  # seconds after its event was logged
SILENCE = 300.0  # seconds without an event after which a turn's process must have died
_POLL = 0.25  # seconds between looks at what other processes log; our own events ring a bell

# By the last event alone, so that a long turn costs no more at its end than at its beginning.
_APPEND = """
INSERT INTO turn_events (turn_id, number, event, is_last, created_at)
SELECT :turn, coalesce((SELECT max(number) FROM turn_events WHERE turn_id = :turn), 0) + 1,
    :event, :is_last, :now
WHERE NOT coalesce(
    (SELECT is_last FROM turn_events WHERE turn_id = :turn ORDER BY number DESC LIMIT 1), 0
)
RETURNING number
"""
_READ = """
SELECT * FROM turn_events
WHERE turn_id = :turn
AND number >= min(:after + 1, (SELECT max(number) FROM turn_events WHERE turn_id = :turn))
ORDER BY number
"""


class SqliteTurnStream:
    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._bells: WeakValueDictionary[TurnId, Bell] = WeakValueDictionary()

    async def append(self, turn_id: TurnId, event: TurnEvent) -> LoggedEvent:
        now = self._clock()
        async with self._database.write() as connection:
            if isinstance(event, TurnStarted):
                too_old = from_time(now - timedelta(seconds=KEPT))
                await connection.execute("DELETE FROM turn_events WHERE created_at < ?", (too_old,))
            rows = await connection.execute_fetchall(
                _APPEND,
                {
                    "turn": turn_id,
                    "event": to_json(event_to_json(event)),
                    "is_last": isinstance(event, TurnDone),
                    "now": from_time(now),
                },
            )
        for row in rows:
            if bell := self._bells.get(turn_id):
                bell.ring()
            return LoggedEvent(row["number"], event)
        raise StaleWrite("The turn has ended: nothing more can be logged.")

    async def read(self, turn_id: TurnId, after: int = 0) -> AsyncIterator[LoggedEvent]:
        bell = self._bells.setdefault(turn_id, Bell())
        while True:
            ring = bell.next_ring
            async with self._database.read() as connection:
                rows = list(
                    await connection.execute_fetchall(_READ, {"turn": turn_id, "after": after})
                )
            if not rows:
                raise TurnNotFound("There is no such turn, or its events are no longer kept.")
            for row in rows:
                if row["number"] > after:
                    after = row["number"]
                    yield LoggedEvent(after, event_from_json(from_json(row["event"])))
            if rows[-1]["is_last"]:
                return
            if to_time(rows[-1]["created_at"]) < self._clock() - timedelta(seconds=SILENCE):
                raise TurnNotFound("This turn broke off: the process that ran it has ended.")
            await heard(ring, _POLL)
