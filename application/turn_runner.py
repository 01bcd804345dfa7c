"""Runs turns as tasks of their own: whoever asked may leave and come back, or listen elsewhere."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from application.chat_turn import AdmittedTurn, ChatTurn, TurnRequest
from application.ports.turn_stream import TurnStream
from domain.errors import IdempotencyConflict, TurnNotFound, Unavailable
from domain.ids import SessionId, TurnId
from domain.turn import LoggedEvent, TurnEvent, TurnStarted

_log = logging.getLogger(__name__)

RETRY_AFTER = 5.0  # seconds, for a reader who finds all places taken


@dataclass(frozen=True, slots=True)
class _Running:
    session_id: SessionId
    task: asyncio.Task[None]
    started: asyncio.Future[None]
    stop: asyncio.Event


class TurnRunner:
    """Stopping is asked for, never forced: the turn itself then saves what has come."""

    def __init__(self, *, chat_turn: ChatTurn, stream: TurnStream, max_turns: int) -> None:
        self._chat_turn = chat_turn
        self._stream = stream
        self._max_turns = max_turns
        self._running: dict[TurnId, _Running] = {}
        self._is_closed = False

    async def start(self, request: TurnRequest) -> TurnId:
        """Returns once the turn holds its session and the message is saved. A turn id that has
        come before starts nothing anew.

        Raises, and then nothing is streamed: what `ChatTurn.admit` raises, SessionBusy,
        IdempotencyConflict if the id is of another session's turn, Unavailable if too many turns
        run or the server is stopping, and the stores' errors.
        """
        turn = await self._chat_turn.admit(request)
        known = await self._session_of(request.turn_id)
        if known is None and request.turn_id not in self._running:
            self._running[request.turn_id] = self._run(turn)
        running = self._running.get(request.turn_id)
        if (running.session_id if running else known) != request.session_id:
            raise IdempotencyConflict(
                "This turn id belongs to another conversation; make a new one."
            )
        if running is not None:
            await asyncio.wait({running.task, running.started}, return_when=asyncio.FIRST_COMPLETED)
            if not running.started.done():
                running.task.result()  # raises what kept it from starting
        return request.turn_id

    def events(self, turn_id: TurnId, after: int = 0) -> AsyncIterator[LoggedEvent]:
        """The turn's events after number `after`, through TurnDone. Raises TurnNotFound."""
        return self._stream.read(turn_id, after)

    async def stop(self, turn_id: TurnId) -> None:
        """Returns when the turn has ended and its partial reply is saved. Does nothing to a turn
        that does not run here."""
        if running := self._running.get(turn_id):
            running.stop.set()
            await asyncio.wait({running.task})

    async def aclose(self) -> None:
        """Stop every turn, and take no more."""
        self._is_closed = True
        for running in self._running.values():
            running.stop.set()
        if self._running:
            await asyncio.wait({running.task for running in self._running.values()})

    def _run(self, turn: AdmittedTurn) -> _Running:
        if self._is_closed:
            raise Unavailable("The server is stopping; try again.", retry_after=RETRY_AFTER)
        if sum(not r.task.done() for r in self._running.values()) >= self._max_turns:
            raise Unavailable(
                "Too many conversations are going on; try again.", retry_after=RETRY_AFTER
            )
        turn_id, stop = turn.request.turn_id, asyncio.Event()
        started = asyncio.get_running_loop().create_future()

        async def emit(event: TurnEvent) -> None:
            await self._stream.append(turn_id, event)
            if not started.done():
                started.set_result(None)

        def ended(task: asyncio.Task[None]) -> None:
            del self._running[turn_id]
            error = None if task.cancelled() else task.exception()
            if error is not None and started.done():  # before that, `start` raises it
                _log.error("a turn's events could not be kept: %s", type(error).__name__)

        task = asyncio.create_task(self._chat_turn.run(turn, emit, stop))
        task.add_done_callback(ended)
        return _Running(turn.session.id, task, started, stop)

    async def _session_of(self, turn_id: TurnId) -> SessionId | None:
        """The session of a turn that ran before, perhaps in another process."""
        try:
            async for logged in self._stream.read(turn_id):
                if isinstance(logged.event, TurnStarted):
                    return logged.event.session_id
        except TurnNotFound:
            return None
        return None
