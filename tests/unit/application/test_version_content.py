from domain.book import ContentVersion
from domain.ids import BookId
from tests.unit.application.world import SECOND_EDITION, World


async def test_a_version_goes_from_every_store_and_others_stay(world: World) -> None:
    book, other = await world.ingested(book_id=BookId("a")), await world.ingested(SECOND_EDITION)
    assert book.version is not None
    assert other.version is not None
    content = world.content_of(other.version)

    await world.content.delete(book.version)

    assert world.content_of(book.version) == {}
    assert world.content_of(other.version) == content


async def test_what_is_gone_already_can_be_deleted_again(world: World) -> None:
    await world.content.delete(ContentVersion(BookId("unknown"), 1))
