"""Repositories with a cache beside them keep their contracts, and tell nothing out of date."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.outbound.caching.books import CachingBookRepository
from adapters.outbound.caching.sessions import KEPT_MESSAGES, CachingSessionRepository
from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.cache import MemoryCache
from adapters.outbound.memory.sessions import MemorySessionRepository
from application.ports.book_repository import BookRepository
from application.ports.session_repository import SessionRepository
from domain.book import BookLayout, ContentVersion
from domain.conversation import Message, MessageState
from domain.errors import BookNotFound, StaleWrite, StoreUnavailable
from domain.ids import SessionId
from tests.contract.test_book_repository import HASH, LAYOUT, BookRepositoryContract, a_book
from tests.contract.test_session_repository import SessionRepositoryContract, a_session, a_turn


class AwayCache(MemoryCache):
    async def get(self, key: str) -> bytes | None:
        raise StoreUnavailable("The cache is away.")

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        raise StoreUnavailable("The cache is away.")

    async def delete(self, key: str) -> None:
        raise StoreUnavailable("The cache is away.")


class KeepingCache(MemoryCache):
    """Never deletes: as one that was away at that moment."""

    async def delete(self, key: str) -> None:
        raise StoreUnavailable("The cache is away.")


class TestCachingBooks(BookRepositoryContract):
    @pytest.fixture
    def books(self) -> BookRepository:
        return CachingBookRepository(MemoryBookRepository(), MemoryCache())


class TestBooksWithoutTheirCache(BookRepositoryContract):
    @pytest.fixture
    def books(self) -> BookRepository:
        return CachingBookRepository(MemoryBookRepository(), AwayCache())


class TestCachingSessions(SessionRepositoryContract):
    @pytest.fixture
    def sessions(self) -> SessionRepository:
        return CachingSessionRepository(MemorySessionRepository(), MemoryCache())


class TestSessionsWithoutTheirCache(SessionRepositoryContract):
    @pytest.fixture
    def sessions(self) -> SessionRepository:
        return CachingSessionRepository(MemorySessionRepository(), AwayCache())


# Layouts


class CountedBooks(MemoryBookRepository):
    def __init__(self) -> None:
        super().__init__()
        self.layouts_read = 0

    async def layout(self, version: ContentVersion) -> BookLayout:
        self.layouts_read += 1
        return await super().layout(version)


ONE = ContentVersion(a_book().id, 1)
OTHER_LAYOUT = BookLayout(length=5, chapters=())


async def serving(inner: MemoryBookRepository, *, layout: BookLayout = LAYOUT) -> None:
    await inner.add(a_book(content=HASH), once_per_content=False)
    await inner.put_layout(ONE, layout)
    await inner.publish(ONE)


async def test_the_layout_that_serves_is_read_once_by_all_processes() -> None:
    inner, cache = CountedBooks(), MemoryCache()
    await serving(inner)
    processes = [CachingBookRepository(inner, cache) for _ in range(3)]

    for books in processes * 2:
        await books.get(ONE.book_id)
        assert await books.layout(ONE) == LAYOUT

    assert inner.layouts_read == 1
    assert list(cache.values) == [f"chat:book:{ONE.book_id}"]


async def test_a_layout_that_does_not_serve_yet_is_never_kept() -> None:
    inner, cache = CountedBooks(), MemoryCache()
    await serving(inner)
    books, two = CachingBookRepository(inner, cache), replace(ONE, number=2)
    await books.get(ONE.book_id)

    for layout in (LAYOUT, OTHER_LAYOUT):
        await books.put_layout(two, layout)
        assert await books.layout(two) == layout
    assert cache.values == {}


async def test_a_new_version_is_told_though_the_old_one_could_not_be_forgotten() -> None:
    inner, cache = CountedBooks(), KeepingCache()
    await serving(inner)
    reader, worker = (CachingBookRepository(inner, cache) for _ in range(2))
    await reader.get(ONE.book_id)
    await reader.layout(ONE)
    two = replace(ONE, number=2)
    await worker.put_layout(two, OTHER_LAYOUT)
    await worker.publish(two)

    book = await reader.get(ONE.book_id)

    assert book.version == two
    assert await reader.layout(two) == OTHER_LAYOUT


async def test_a_book_made_anew_under_its_old_id_has_its_own_layout() -> None:
    inner, cache = CountedBooks(), KeepingCache()
    await serving(inner)
    reader, another = (CachingBookRepository(inner, cache) for _ in range(2))
    await reader.get(ONE.book_id)
    await reader.layout(ONE)
    await another.delete(ONE.book_id)
    with pytest.raises(BookNotFound):
        await reader.get(ONE.book_id)
    await another.add(replace(a_book(2), id=ONE.book_id), once_per_content=False)
    await another.put_layout(ONE, OTHER_LAYOUT)
    await another.publish(ONE)

    await reader.get(ONE.book_id)

    assert await reader.layout(ONE) == OTHER_LAYOUT


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff\x00", b'{"title": "an older program\'s"}'])
async def test_a_kept_book_of_another_form_is_a_miss(value: bytes) -> None:
    inner, cache = CountedBooks(), MemoryCache()
    await serving(inner)
    await cache.set(f"chat:book:{ONE.book_id}", value, 60.0)
    books = CachingBookRepository(inner, cache)

    await books.get(ONE.book_id)

    assert await books.layout(ONE) == LAYOUT
    assert inner.layouts_read == 1


# Conversations

SESSION = a_session().id


class CountedSessions(MemorySessionRepository):
    def __init__(self) -> None:
        super().__init__()
        self.histories_read = 0

    async def history(self, session_id: SessionId, limit: int) -> Sequence[Message]:
        self.histories_read += 1
        return await super().history(session_id, limit)


class Conversation:
    """Turns of one session, each by a process of its own unless `sessions` is given."""

    def __init__(self, cache: MemoryCache | None = None) -> None:
        self.inner = CountedSessions()
        self.cache = cache or MemoryCache()
        self.fence = 0

    def process(self) -> CachingSessionRepository:
        return CachingSessionRepository(self.inner, self.cache)

    async def turn(
        self,
        number: int,
        *,
        sessions: SessionRepository | None = None,
        limit: int = KEPT_MESSAGES,
        answered: bool = True,
    ) -> list[Message]:
        """As a chat turn does it; returns what it was told was said before."""
        sessions = sessions or self.process()
        self.fence += 1
        question, answer = a_turn(number)
        await sessions.get(SESSION)
        await sessions.append(replace(question, state=MessageState.PENDING), self.fence)
        told = list(await sessions.history(SESSION, limit))
        if answered:
            await sessions.append(answer, self.fence)
        state = MessageState.COMPLETE if answered else MessageState.FAILED
        await sessions.settle(question.id, state, self.fence)
        return told

    async def truth(self, limit: int = KEPT_MESSAGES) -> list[Message]:
        return list(await MemorySessionRepository.history(self.inner, SESSION, limit))


@pytest.fixture
async def talk() -> Conversation:
    talk = Conversation()
    await talk.inner.add(a_session())
    return talk


async def test_what_was_said_is_read_once_however_many_turns_and_processes_follow(
    talk: Conversation,
) -> None:
    for number in range(12):
        before = await talk.truth()
        assert await talk.turn(number) == before

    assert talk.inner.histories_read == 1
    assert list(talk.cache.values) == [f"chat:sess:{SESSION}"]


async def test_a_turn_without_an_answer_leaves_no_trace_in_what_is_kept(
    talk: Conversation,
) -> None:
    for number, answered in enumerate([True, False, True, False, True]):
        before = await talk.truth()
        assert await talk.turn(number, answered=answered) == before

    assert talk.inner.histories_read == 1


async def test_fewer_messages_than_are_kept_can_be_asked_for_and_more_are_read(
    talk: Conversation,
) -> None:
    for number in range(8):
        await talk.turn(number)

    assert await talk.turn(8, limit=4) == (await talk.truth(6))[:4]
    before = await talk.truth(14)
    assert await talk.turn(9, limit=14) == before


async def test_a_message_by_another_program_is_told_at_the_next_turn(talk: Conversation) -> None:
    await talk.turn(1)
    for message in a_turn(2):
        await talk.inner.append(message, fence=2)
    talk.fence = 2

    assert await talk.turn(3) == [*a_turn(1), *a_turn(2)]


async def test_a_turn_whose_cache_could_not_be_written_is_told_at_the_next(
    talk: Conversation,
) -> None:
    await talk.turn(1)
    kept = dict(talk.cache.values)
    await talk.turn(2)
    talk.cache.values = kept

    assert await talk.turn(3) == [*a_turn(1), *a_turn(2)]


async def test_a_turn_that_died_is_no_part_of_what_was_said(talk: Conversation) -> None:
    await talk.turn(1)
    dying = talk.process()
    await dying.get(SESSION)
    await dying.append(replace(a_turn(2)[0], state=MessageState.PENDING), fence=2)
    await dying.history(SESSION, 10)
    talk.fence = 2

    assert await talk.turn(3) == list(a_turn(1))
    assert await talk.turn(4) == [*a_turn(1), *a_turn(3)]


async def test_a_row_read_in_the_middle_of_a_turn_spoils_nothing(talk: Conversation) -> None:
    class Watched(CachingSessionRepository):
        """Another request of this process looks at the session before the answer is kept."""

        async def append(self, message: Message, fence: int) -> None:
            await super().append(message, fence)
            await self.get(SESSION)

    for number in range(4):
        before = await talk.truth()
        watched = Watched(talk.inner, talk.cache)
        assert await talk.turn(number, sessions=watched) == before
        before = await talk.truth()
        assert await talk.turn(10 + number) == before


async def test_a_stale_writer_changes_nothing_that_is_kept(talk: Conversation) -> None:
    await talk.turn(1)
    stale = talk.process()
    await stale.get(SESSION)
    await talk.turn(2)

    with pytest.raises(StaleWrite):
        await stale.append(a_turn(3)[0], fence=1)

    assert await talk.turn(4) == [*a_turn(1), *a_turn(2)]


async def test_a_session_that_is_gone_has_no_history_left(talk: Conversation) -> None:
    sessions = talk.process()
    await talk.turn(1, sessions=sessions)

    await sessions.delete(SESSION)

    assert list(await sessions.history(SESSION, 10)) == []
    assert talk.cache.values == {}


@pytest.mark.parametrize("value", [b"", b"[]", b"{}", b'{"session": null, "messages": []}'])
async def test_a_kept_session_of_another_form_is_a_miss(talk: Conversation, value: bytes) -> None:
    await talk.turn(1)
    await talk.cache.set(f"chat:sess:{SESSION}", value, 60.0)

    assert await talk.turn(2) == list(a_turn(1))


async def test_what_is_kept_lasts_an_hour(talk: Conversation) -> None:
    given: list[Any] = []

    class Noting(MemoryCache):
        async def set(self, key: str, value: bytes, ttl: float) -> None:
            given.append(ttl)

    talk.cache = Noting()
    await talk.turn(1)

    assert given == [3_600.0]
