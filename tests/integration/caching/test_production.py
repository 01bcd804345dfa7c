"""The caches over the stores of production: PostgREST behind them, Redis beside them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.outbound.caching.books import CachingBookRepository
from adapters.outbound.caching.sessions import CachingSessionRepository
from adapters.outbound.redis.cache import RedisCache
from adapters.outbound.redis.client import RedisClient
from adapters.outbound.supabase.books import SupabaseBookRepository
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.sessions import SupabaseSessionRepository
from domain.book import BookLayout, ContentVersion
from domain.conversation import Message, MessageState
from domain.ids import SessionId
from tests.contract.test_book_repository import LAYOUT, a_book
from tests.contract.test_session_repository import a_session, a_turn

ONE = ContentVersion(a_book().id, 1)


class CountedSessions(SupabaseSessionRepository):
    histories_read = 0

    async def history(self, session_id: SessionId, limit: int) -> Sequence[Message]:
        self.histories_read += 1
        return await super().history(session_id, limit)


class CountedBooks(SupabaseBookRepository):
    layouts_read = 0

    async def layout(self, version: ContentVersion) -> BookLayout:
        self.layouts_read += 1
        return await super().layout(version)


@pytest.fixture
def cache(redis: RedisClient) -> RedisCache:
    return RedisCache(redis)


async def test_the_history_of_a_conversation_is_read_once(
    supabase: SupabaseClient, cache: RedisCache
) -> None:
    inner = CountedSessions(supabase)
    await inner.add(a_session())
    said: list[Message] = []
    for number in range(7):
        sessions = CachingSessionRepository(inner, cache)  # a process of its own
        question, answer = a_turn(number)
        await sessions.get(a_session().id)
        await sessions.append(replace(question, state=MessageState.PENDING), number)
        assert list(await sessions.history(a_session().id, 10)) == said[-10:]
        await sessions.append(answer, number)
        await sessions.settle(question.id, MessageState.COMPLETE, number)
        said += [question, answer]
    assert inner.histories_read == 1


async def test_the_layout_of_a_book_is_read_once(
    supabase: SupabaseClient, cache: RedisCache
) -> None:
    inner = CountedBooks(supabase)
    await inner.add(a_book(), once_per_content=True)
    await inner.put_layout(ONE, LAYOUT)
    await inner.publish(ONE)
    for _ in range(3):
        books = CachingBookRepository(inner, cache)
        await books.get(ONE.book_id)
        assert await books.layout(ONE) == LAYOUT
    assert inner.layouts_read == 1
