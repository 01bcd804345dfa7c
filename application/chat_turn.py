"""One turn of a conversation, from the reader's message to the saved reply.

Check -> lock -> save the message -> retrieve -> stream -> save the reply -> unlock -> done. The
turn knows no stream of HTTP: it tells events, and somebody keeps them. Whatever happens after
`TurnStarted`, `TurnDone` is told last, and by then both messages are settled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from application.chat_limits import ChatLimits
from application.check_leaks import CheckLeaks, unchecked
from application.ground_turn import Grounding, GroundTurn, Question
from application.interlocutor import Interlocutors
from application.model_answer import model_answer
from application.move_session import MoveSession
from application.older_book import OlderBook
from application.ports.book_repository import BookRepository
from application.ports.chat_model import ChatModel, ModelFinished
from application.ports.clock import Clock, NewId
from application.ports.metrics import Metrics
from application.ports.session_lock import LockLease, SessionLock
from application.ports.session_repository import SessionRepository
from application.reply import Reply, ReplyCheck
from application.reply_readers import ReadAlong, ReplyContext, ReplyReader, ReplyReaders
from application.resolve_frontier import ResolveFrontier
from application.run_until import run_until
from domain.book import Book, ContentVersion
from domain.conversation import Message, MessageState, Role, Session
from domain.errors import (
    BookNotReady,
    FalsafaError,
    InvalidInput,
    SessionNotFound,
)
from domain.frontier import Frontier
from domain.ids import BookId, CharacterId, MessageId, OwnerId, SessionId, TurnId
from domain.plain_text import PlainText
from domain.session_steps import told_by
from domain.turn import (
    Retrieved,
    TextDelta,
    TurnDone,
    TurnEvent,
    TurnFailed,
    TurnStarted,
    UsageReported,
)

NO_LANGUAGE_MODEL = "No language model is configured: the answer is in the book's own words."

Emit = Callable[[TurnEvent], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """`read_up_to` holds for this turn, also where it goes back; the session's own frontier only
    moves forward. Without it, the session's holds."""

    session_id: SessionId
    user_id: OwnerId
    message: str
    turn_id: TurnId
    preferences: str = ""
    read_up_to: str | None = None
    character_id: CharacterId | None = None  # if given, they must be the session's
    book_id: BookId | None = None


@dataclass(frozen=True, slots=True)
class AdmittedTurn:
    """A request that may run, and what a model will be given for it once the history is known."""

    request: TurnRequest
    session: Session
    frontier: Frontier  # of this turn
    ground: Callable[[Sequence[Message]], Awaitable[Grounding]]
    readers: Callable[[Grounding], Sequence[ReplyReader]]
    check: Callable[[Sequence[Message]], Awaitable[ReplyCheck]]


class ChatTurn:
    def __init__(
        self,
        *,
        sessions: SessionRepository,
        books: BookRepository,
        lock: SessionLock,
        resolve_frontier: ResolveFrontier,
        move_session: MoveSession,
        interlocutors: Interlocutors,
        ground_turn: GroundTurn,
        model: ChatModel,
        metrics: Metrics,
        clock: Clock,
        new_id: NewId,
        limits: ChatLimits,
        reply_readers: ReplyReaders,
        check_leaks: CheckLeaks,
        older_book: OlderBook | None = None,
    ) -> None:
        self._sessions = sessions
        self._books = books
        self._lock = lock
        self._resolve_frontier = resolve_frontier
        self._move_session = move_session
        self._interlocutors = interlocutors
        self._ground_turn = ground_turn
        self._model = model
        self._metrics = metrics
        self._clock = clock
        self._new_id = new_id
        self._limits = limits
        self._reply_readers = reply_readers
        self._check_leaks = check_leaks
        self._older_book = older_book

    async def admit(self, request: TurnRequest) -> AdmittedTurn:
        """Raises InvalidInput, SessionNotFound (also for a session of another reader, book or
        character), BookNotFound, BookNotReady, CharacterNotFound."""
        self._check(request)
        session = await self._sessions.get(request.session_id)
        if not _agree(session, request):
            raise SessionNotFound("There is no such session.")
        book = await self._books.get(session.book_id)
        if book.version is not None:
            return await self._with_version(request, session, book, book.version)
        if book.waits_for_migration and self._older_book is not None:
            return await self._with_older_book(request, session, book, self._older_book)
        raise BookNotReady("The book is still being read; try again when it is ready.")

    async def run(self, turn: AdmittedTurn, emit: Emit, stop: asyncio.Event) -> None:
        """Tell the turn's events until it has ended, or until `stop` is set; then what has come
        is saved.

        Raises, before `TurnStarted`, SessionBusy, StaleWrite and the stores' errors.
        """
        async with self._lock.hold(turn.session.id) as lease:
            question = self._message(turn, Role.USER, turn.request.message, MessageState.PENDING)
            await self._sessions.append(question, lease.fence)
            await self._open(turn, question, lease, emit)
            reply = Reply(self._model.name)
            try:
                failure = await run_until(self._answer(turn, reply, emit), stop, lease.lost)
                reply.judge(failure, stopped=stop.is_set(), lost=lease.lost.is_set())
            except asyncio.CancelledError:
                # The process is going down. The turn is all that its task does, so this too is
                # no more than a wish that it stop, and what has come is saved.
                reply.judge(None, stopped=True, lost=False)
            saved = await self._save(turn, question, reply, lease)
        # The session is free again when a reader learns that the turn is done.
        await self._end(turn, question, saved, reply, emit)

    async def _with_version(
        self, request: TurnRequest, session: Session, book: Book, version: ContentVersion
    ) -> AdmittedTurn:
        frontier = await self._resolve_frontier.of_session(version, session, request.read_up_to)
        who = await self._interlocutors.meet(book, version, session.character_id, frontier)

        def ground(history: Sequence[Message]) -> Awaitable[Grounding]:
            return self._ground_turn.ground(
                Question(
                    version=version,
                    interlocutor=who,
                    message=request.message,
                    preferences=request.preferences,
                    history=history,
                    frontier=frontier,
                )
            )

        def readers(grounding: Grounding) -> Sequence[ReplyReader]:
            return self._reply_readers.of(ReplyContext(version, who, frontier, grounding.hits))

        async def check(history: Sequence[Message]) -> ReplyCheck:
            said = [m.content for m in history if m.role is Role.USER]
            told = (*said, request.message, request.preferences)
            return await self._check_leaks.of_reply(book, version, frontier, told)

        return AdmittedTurn(request, session, frontier, ground, readers, check)

    async def _with_older_book(
        self, request: TurnRequest, session: Session, book: Book, older_book: OlderBook
    ) -> AdmittedTurn:
        who = await older_book.meet(book, session.character_id)

        def ground(history: Sequence[Message]) -> Awaitable[Grounding]:
            return older_book.ground(who, request.message, request.preferences, history)

        # There is no canonical text that a reply could be held against.
        return AdmittedTurn(request, session, session.frontier, ground, lambda _: (), unchecked)

    def _check(self, request: TurnRequest) -> None:
        if not request.message.strip():
            raise InvalidInput("Write a message.")
        for words, limit, what in (
            (request.message, self._limits.message_characters, "A message"),
            (request.preferences, self._limits.preference_characters, "The preferences"),
        ):
            if len(words) > limit:
                raise InvalidInput(f"{what} may have at most {limit:,} characters.")
            if any("\ud800" <= c <= "\udfff" for c in words):
                raise InvalidInput(f"{what} must be whole Unicode text.")

    async def _open(
        self, turn: AdmittedTurn, question: Message, lease: LockLease, emit: Emit
    ) -> None:
        try:
            moved = _moved(turn)
            if moved != turn.session.frontier:
                await self._move_session.put(turn.session, moved)
            page = None if turn.frontier.is_whole_book else turn.frontier.offset
            await emit(TurnStarted(turn.request.turn_id, turn.session.id, question.id, page))
        except FalsafaError:
            await self._sessions.settle(question.id, MessageState.FAILED, lease.fence)
            raise

    async def _answer(self, turn: AdmittedTurn, reply: Reply, emit: Emit) -> None:
        if not self._model.is_generative:
            reply.degraded = (NO_LANGUAGE_MODEL,)
        history = await self._history(turn)
        # A book's first check takes as long as a search, or longer.
        grounding, check = await asyncio.gather(turn.ground(history), turn.check(history))
        reply.degraded += grounding.degraded
        reply.hold_against(check)
        await emit(Retrieved(grounding.hits, grounding.degraded))
        readers = turn.readers(grounding)
        along, plain = ReadAlong(readers, reply), PlainText()
        try:
            async with aclosing(model_answer(self._model, grounding.request, reply)) as outputs:
                async for output in outputs:
                    if isinstance(output, ModelFinished):
                        await self._tell(check.feed(plain.end()) + check.end(), along, reply, emit)
                        reply.finish(output)
                        break
                    await self._tell(check.feed(plain.feed(output.text)), along, reply, emit)
        finally:
            # Also of a reply that was broken off: what it quotes may wait for its next words.
            await _emit_all(await along.end(), emit)
        await emit(UsageReported(reply.usage))

    async def _tell(self, delta: str, along: ReadAlong, reply: Reply, emit: Emit) -> None:
        if not delta:
            return
        reply.add(delta)  # before it is told: what the reader saw is always saved
        await emit(TextDelta(delta))
        await _emit_all(await along.read(delta), emit)

    async def _history(self, turn: AdmittedTurn) -> list[Message]:
        """What was said before, without turns that could tell of pages past this turn's frontier.

        In a turn that goes back, every one may that does not say how far it could see.
        """
        said = await self._sessions.history(turn.session.id, self._limits.history_messages)
        if turn.frontier < turn.session.frontier:
            said = [m for m in said if m.through is not None]
        return told_by(said, turn.frontier)

    async def _save(
        self, turn: AdmittedTurn, question: Message, reply: Reply, lease: LockLease
    ) -> Message | None:
        """Settle the question and keep the reply, if there is a text; what cannot be saved is the
        reply's error."""
        try:
            if not reply.has_text:
                await self._sessions.settle(question.id, MessageState.FAILED, lease.fence)
                return None
            message = replace(
                self._message(turn, Role.ASSISTANT, reply.text, reply.state),
                citations=tuple(reply.citations),
                quotations=tuple(reply.quotations),
                leaks=reply.leaks,
                degraded=reply.degraded,
            )
            await self._sessions.append(message, lease.fence)
            await self._sessions.settle(question.id, MessageState.COMPLETE, lease.fence)
        except FalsafaError as error:
            reply.fail(error)
            return None
        return message

    async def _end(
        self,
        turn: AdmittedTurn,
        question: Message,
        saved: Message | None,
        reply: Reply,
        emit: Emit,
    ) -> None:
        self._metrics.turn_ended(reply.reason.value, reply.seconds, reply.first_text_after)
        for leak in reply.leaks:
            self._metrics.reply_leaked(leak.kind, held=leak.is_held)
        if reply.error is not None:
            failed = reply.error
            await emit(TurnFailed(failed.code, failed.message, failed.retry_after))
        await emit(
            TurnDone(
                turn_id=turn.request.turn_id,
                finish_reason=reply.reason,
                user_message_id=question.id,
                assistant_message_id=saved.id if saved else None,
                citations=tuple(reply.citations),
                quotations=tuple(reply.quotations),
                leaks=reply.leaks,
                usage=reply.usage,
                model=reply.model,
                degraded=reply.degraded,
            )
        )

    def _message(
        self, turn: AdmittedTurn, role: Role, content: str, state: MessageState
    ) -> Message:
        return Message(
            id=MessageId(self._new_id()),
            session_id=turn.session.id,
            turn_id=turn.request.turn_id,
            role=role,
            content=content,
            created_at=self._clock(),
            state=state,
            through=turn.frontier,
        )


async def _emit_all(events: Sequence[TurnEvent], emit: Emit) -> None:
    for event in events:
        await emit(event)


def _agree(session: Session, request: TurnRequest) -> bool:
    return (
        session.user_id == request.user_id
        and request.book_id in (None, session.book_id)
        and request.character_id in (None, session.character_id)
    )


def _moved(turn: AdmittedTurn) -> Frontier:
    """Where the session's frontier stands after a turn: it only moves forward, and only if told.

    An earlier page holds for its own turn alone. The first page told is taken even so, for until
    then nobody has said how far the reader is.
    """
    before = turn.session.frontier
    if turn.request.read_up_to is None:
        return before
    return turn.frontier if before.is_whole_book else max(before, turn.frontier)
