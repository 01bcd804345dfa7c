import pytest

from domain.book import ContentVersion
from domain.errors import InvalidLocator, TextNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from tests.unit.application.world import World

UNKNOWN = ContentVersion(BookId("unknown"), 1)


@pytest.mark.parametrize("locator", [None, "", "  "])
async def test_without_a_position_the_default_holds(world: World, locator: str | None) -> None:
    assert await world.resolve_frontier.resolve(UNKNOWN, locator) == WHOLE_BOOK
    assert await world.resolve_frontier.resolve(UNKNOWN, locator, Frontier(7)) == Frontier(7)


async def test_a_position_is_found_in_the_text_of_the_version(world: World) -> None:
    version = (await world.ingested()).version
    assert version is not None
    layout = await world.books.layout(version)
    resolved = await world.resolve_frontier.resolve(version, "chapter:1", Frontier(7))
    assert resolved == Frontier(layout.chapters[0].span.end)


async def test_what_is_no_position_is_refused(world: World) -> None:
    version = (await world.ingested()).version
    assert version is not None
    with pytest.raises(InvalidLocator):
        await world.resolve_frontier.resolve(version, "somewhere")


async def test_a_version_that_is_not_kept_has_no_positions(world: World) -> None:
    with pytest.raises(TextNotFound):
        await world.resolve_frontier.resolve(UNKNOWN, "chapter:1")
