from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.book import ContentVersion
from domain.conversation import Session
from domain.errors import InvalidLocator, TextNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, OwnerId, SessionId
from tests.unit.application.world import World

UNKNOWN = ContentVersion(BookId("unknown"), 1)
READER = OwnerId("reader")


async def test_without_a_position_the_sessions_own_holds_else_the_readers(world: World) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    session = Session(SessionId("session"), READER, UNKNOWN.book_id, now, now)
    reached = replace(session, frontier=Frontier(7))
    assert await world.resolve_frontier.of_reader(UNKNOWN, READER) == WHOLE_BOOK
    assert await world.resolve_frontier.of_session(UNKNOWN, session) == WHOLE_BOOK
    assert await world.resolve_frontier.of_session(UNKNOWN, reached) == Frontier(7)


@pytest.mark.parametrize("locator", ["", "  "])
async def test_an_empty_position_is_refused_and_opens_no_book(world: World, locator: str) -> None:
    version = (await world.ingested()).version
    assert version is not None
    now = datetime(2026, 1, 1, tzinfo=UTC)
    session = Session(SessionId("session"), READER, version.book_id, now, now)
    with pytest.raises(InvalidLocator, match="chapter:N"):
        await world.resolve_frontier.resolve(version, locator)
    with pytest.raises(InvalidLocator):
        await world.resolve_frontier.of_reader(version, READER, locator)
    with pytest.raises(InvalidLocator):
        await world.resolve_frontier.of_session(version, session, locator)


async def test_a_position_is_found_in_the_text_of_the_version(world: World) -> None:
    version = (await world.ingested()).version
    assert version is not None
    layout = await world.books.layout(version)
    resolved = await world.resolve_frontier.resolve(version, "chapter:1")
    assert resolved == Frontier(layout.chapters[0].span.end)


async def test_what_is_no_position_is_refused(world: World) -> None:
    version = (await world.ingested()).version
    assert version is not None
    with pytest.raises(InvalidLocator):
        await world.resolve_frontier.resolve(version, "somewhere")


async def test_a_version_that_is_not_kept_has_no_positions(world: World) -> None:
    with pytest.raises(TextNotFound):
        await world.resolve_frontier.resolve(UNKNOWN, "chapter:1")
