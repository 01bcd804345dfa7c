import asyncio

from application.books_in_memory import BooksInMemory
from domain.book import ContentVersion
from domain.ids import BookId

ONE, TWO, THREE = (ContentVersion(BookId(name), 1) for name in ("one", "two", "three"))


class Shelf:
    """Values of ten bytes, in room for twenty."""

    def __init__(self, limit: int = 20) -> None:
        self.made: list[ContentVersion] = []
        self.kept = BooksInMemory[str](limit, len)

    async def get(self, version: ContentVersion, state: object = "") -> str:
        async def make() -> str:
            self.made.append(version)
            await asyncio.sleep(0)
            return "ten bytes."

        return await self.kept.get(version, state, make)


async def test_however_many_ask_it_is_made_once() -> None:
    shelf = Shelf()
    both = await asyncio.gather(shelf.get(ONE), shelf.get(ONE))
    assert both[0] is both[1]
    assert shelf.made == [ONE]


async def test_what_is_made_of_something_else_is_made_anew() -> None:
    shelf = Shelf()
    for state in ("a", "a", "b"):
        await shelf.get(ONE, state)
    assert shelf.made == [ONE, ONE]
    assert shelf.kept.nbytes == 10


async def test_those_used_last_are_kept_while_there_is_room() -> None:
    shelf = Shelf()
    for version in (ONE, TWO, ONE, THREE, ONE, TWO):
        await shelf.get(version)
    assert shelf.made == [ONE, TWO, THREE, TWO]
    assert shelf.kept.nbytes == 20


async def test_one_larger_than_the_room_is_kept_alone() -> None:
    shelf = Shelf(limit=5)
    for version in (ONE, ONE, TWO, TWO):
        await shelf.get(version)
    assert shelf.made == [ONE, TWO]
    assert shelf.kept.nbytes == 10


async def test_a_book_that_is_slow_to_make_holds_up_no_other() -> None:
    kept = BooksInMemory[str](20, len)
    go_on = asyncio.Event()

    async def slow() -> str:
        await go_on.wait()
        return "slow"

    async def quick() -> str:
        return "quick"

    waiting = asyncio.create_task(kept.get(ONE, "", slow))
    assert await kept.get(TWO, "", quick) == "quick"
    go_on.set()
    assert await waiting == "slow"


async def test_what_could_not_be_made_is_tried_again() -> None:
    kept = BooksInMemory[str](20, len)

    async def fails() -> str:
        raise OSError

    async def works() -> str:
        return "made"

    for make in (fails, works):
        try:
            await kept.get(ONE, "", make)
        except OSError:
            assert kept.nbytes == 0
    assert kept.nbytes == 4
