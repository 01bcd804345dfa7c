"""The whole conversation on fakes: one book, one reader, a model that follows a script."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.cache import MemoryCache
from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.chat_model import ScriptedChatModel
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.memory.older_content import MemoryOlderCharacters, MemoryOlderPassages
from adapters.outbound.memory.passages import MemoryPassageRepository
from adapters.outbound.memory.personas import MemoryPersonaRepository
from adapters.outbound.memory.reading_progress import MemoryReadingProgressRepository
from adapters.outbound.memory.session_lock import MemorySessionLock
from adapters.outbound.memory.sessions import MemorySessionRepository
from adapters.outbound.memory.texts import MemoryTextStore
from adapters.outbound.memory.token_counter import WordCounter
from adapters.outbound.memory.turn_stream import MemoryTurnStream
from application.chat_limits import ChatLimits
from application.chat_turn import ChatTurn, TurnRequest
from application.check_leaks import CheckLeaks
from application.ground_turn import GroundTurn
from application.hybrid_search import HybridSearch, SearchRequest
from application.interlocutor import Interlocutors
from application.move_session import MoveSession
from application.older_book import OlderBook
from application.open_session import OpenSession
from application.ports.chat_model import ChatModel
from application.ports.older_content import OlderCharacter
from application.ports.session_lock import LockLease
from application.ports.text_model import TextModel
from application.quotable_books import QuotableBooks
from application.reply_readers import ReplyReaders
from application.resolve_frontier import ResolveFrontier
from application.rewrite_query import RewriteQuery
from application.turn_runner import TurnRunner
from domain.conversation import Message
from domain.errors import FalsafaError
from domain.ids import BookId, SessionId, TurnId
from domain.leak import LeakPolicy
from domain.page import PageRequest
from domain.passage import SearchHit, SearchResult
from domain.turn import TurnEvent
from domain.wording import Wordings
from tests.unit.conversation.story import NOON, OWNER, VERSION, Story, the_story

SESSION = SessionId("session-1")


class StorySearch(HybridSearch):
    """Finds the visible passages that share words with the query; fails or stalls if told to."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.requests: list[SearchRequest] = []
        self.error: FalsafaError | None = None
        self.degraded: tuple[str, ...] = ()
        self.waits_for: asyncio.Event | None = None

    async def search(self, request: SearchRequest) -> SearchResult:
        self.requests.append(request)
        if self.waits_for is not None:
            await self.waits_for.wait()
        if self.error is not None:
            raise self.error
        visible = [p for p in self.story.passages if request.up_to.sees(p.span)]
        fits = Wordings([p.text for p in visible]).fits(request.query)
        best = sorted(range(len(visible)), key=lambda place: -fits[place])[: request.limit]
        found = [visible[place] for place in best if fits[place] > 0]
        chapters = self.story.layout.chapters
        hits = [
            SearchHit(rank, passage, chapters[passage.chapter_index].title)
            for rank, passage in enumerate(found, start=1)
        ]
        return SearchResult(tuple(hits), degraded=self.degraded)


class RememberedLock(MemorySessionLock):
    """Lets a test lose the lease that was given last."""

    lease: LockLease

    @asynccontextmanager
    async def hold(self, session_id: SessionId) -> AsyncIterator[LockLease]:
        async with super().hold(session_id) as self.lease:
            yield self.lease


@dataclass
class Stage:
    story: Story = field(default_factory=the_story)
    model: ChatModel = field(default_factory=ScriptedChatModel)
    text_model: TextModel | None = None  # that makes messages queries
    cache: MemoryCache = field(default_factory=MemoryCache)
    leak_policy: LeakPolicy = LeakPolicy.FLAG
    limits: ChatLimits = field(default_factory=ChatLimits)
    max_turns: int = 8
    older: Mapping[BookId, Sequence[OlderCharacter]] = field(default_factory=dict)
    older_texts: Mapping[BookId, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids, minutes = count(1), count()
        self.new_id: Callable[[], str] = lambda: f"id-{next(ids)}"
        self.clock: Callable[[], datetime] = lambda: NOON + timedelta(minutes=next(minutes))
        self.books = MemoryBookRepository()
        self.casts = MemoryCastRepository()
        self.texts = MemoryTextStore()
        self.passages = MemoryPassageRepository()
        self.personas = MemoryPersonaRepository()
        self.sessions = MemorySessionRepository()
        self.reading_progress = MemoryReadingProgressRepository()
        self.lock = RememberedLock()
        self.stream = MemoryTurnStream()
        self.metrics = MemoryMetrics()
        self.older_characters = MemoryOlderCharacters(self.older)
        self.older_passages = MemoryOlderPassages(self.older_texts)
        self.search = StorySearch(self.story)
        self.resolve_frontier = ResolveFrontier(
            books=self.books, reading_progress=self.reading_progress
        )
        self.open_session = OpenSession(
            books=self.books,
            casts=self.casts,
            sessions=self.sessions,
            resolve_frontier=self.resolve_frontier,
            clock=self.clock,
            new_id=self.new_id,
        )
        self.move_session = MoveSession(
            books=self.books,
            casts=self.casts,
            sessions=self.sessions,
            resolve_frontier=self.resolve_frontier,
        )
        self.quotable_books = QuotableBooks(books=self.books, casts=self.casts, texts=self.texts)
        self.runner = self._runner()

    def _runner(self) -> TurnRunner:
        interlocutors = Interlocutors(
            casts=self.casts,
            texts=self.texts,
            passages=self.passages,
            personas=self.personas,
            clock=self.clock,
        )
        rewrite_query = None
        if self.text_model:
            rewrite_query = RewriteQuery(
                model=self.text_model, cache=self.cache, metrics=self.metrics
            )
        ground_turn = GroundTurn(
            search=self.search,
            interlocutors=interlocutors,
            books=self.books,
            passages=self.passages,
            tokens=WordCounter(),
            limits=self.limits,
            rewrite_query=rewrite_query,
        )
        chat_turn = ChatTurn(
            sessions=self.sessions,
            books=self.books,
            lock=self.lock,
            resolve_frontier=self.resolve_frontier,
            move_session=self.move_session,
            interlocutors=interlocutors,
            ground_turn=ground_turn,
            model=self.model,
            metrics=self.metrics,
            clock=self.clock,
            new_id=self.new_id,
            limits=self.limits,
            reply_readers=ReplyReaders(quotable_books=self.quotable_books),
            check_leaks=CheckLeaks(casts=self.casts, texts=self.texts, policy=self.leak_policy),
            older_book=OlderBook(
                characters=self.older_characters,
                passages=self.older_passages,
                tokens=WordCounter(),
                limits=self.limits,
            ),
        )
        return TurnRunner(chat_turn=chat_turn, stream=self.stream, max_turns=self.max_turns)

    async def set(self) -> None:
        """Put the book on its shelves."""
        await self.books.add(self.story.book, once_per_content=False)
        await self.books.publish(VERSION)
        await self.books.put_layout(VERSION, self.story.layout)
        await self.casts.put(VERSION, self.story.cast)
        await self.texts.put(VERSION, self.story.text)
        await self.passages.put(VERSION, self.story.passages)

    async def say(self, message: str, turn: str = "turn-1", **about: Any) -> list[TurnEvent]:
        """One turn from beginning to end."""
        await self.runner.start(request(message, turn, **about))
        return await self.events(turn)

    async def events(self, turn: str = "turn-1") -> list[TurnEvent]:
        return [logged.event async for logged in self.runner.events(TurnId(turn))]

    async def messages(self) -> Sequence[Message]:
        return (await self.sessions.messages(SESSION, PageRequest())).items

    @property
    def scripted(self) -> ScriptedChatModel:
        assert isinstance(self.model, ScriptedChatModel)
        return self.model


def request(message: str, turn: str = "turn-1", **about: Any) -> TurnRequest:
    plain = TurnRequest(session_id=SESSION, user_id=OWNER, message=message, turn_id=TurnId(turn))
    return replace(plain, **about)


async def until(condition: Callable[[], bool]) -> None:
    """Let the other tasks run until it holds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)
