import asyncio

from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.texts import MemoryTextStore
from application.quotable_books import KEPT_READERS, QuotableBooks
from domain.book import BookLayout, ContentVersion
from domain.cast import Alias, Cast, Character
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId
from domain.span import Span

TEXT = "Mrs. Mere said: Ropes before weather."
CAST = Cast(
    characters=(Character(CharacterId("mere"), "Mrs. Mere", (Alias("Mrs. Mere", 9),), Span(0, 9)),)
)


class Shelf:
    def __init__(self, max_letters: int = 1_000) -> None:
        self.books = MemoryBookRepository()
        self.casts = MemoryCastRepository()
        self.texts = MemoryTextStore()
        self.quotable = QuotableBooks(
            books=self.books, casts=self.casts, texts=self.texts, max_letters=max_letters
        )

    async def add(self, name: str, text: str = TEXT) -> ContentVersion:
        version = ContentVersion(BookId(name), 1)
        await self.books.put_layout(version, BookLayout(len(text), ()))
        await self.casts.put(version, CAST)
        await self.texts.put(version, text)
        return version


async def test_a_book_is_read_once_for_all_who_talk_with_it() -> None:
    shelf = Shelf()
    version = await shelf.add("one")
    first, again = await asyncio.gather(
        shelf.quotable.read(version, WHOLE_BOOK), shelf.quotable.read(version, WHOLE_BOOK)
    )
    early = await shelf.quotable.read(version, Frontier(5))
    assert first is again
    assert early.text is first.text
    assert [c.name for c in first.cast.characters] == ["Mrs. Mere"]
    assert early.cast.characters == ()
    assert early.text.find("Ropes before weather", early.frontier) == []


async def test_a_book_that_was_added_again_is_read_again() -> None:
    shelf = Shelf()
    version = await shelf.add("one")
    await shelf.quotable.read(version, WHOLE_BOOK)
    await shelf.add("one", "Salt before bread.")
    read = await shelf.quotable.read(version, WHOLE_BOOK)
    assert read.text.find("Salt before bread", WHOLE_BOOK)


async def test_memory_is_bounded() -> None:
    shelf = Shelf(max_letters=100)
    versions = [await shelf.add(f"book {n}") for n in range(6)]
    reads = [await shelf.quotable.read(version, WHOLE_BOOK) for version in versions]
    assert sum(r.text.size for r in reads) > 100
    assert await shelf.quotable.read(versions[-1], WHOLE_BOOK) is reads[-1]
    assert await shelf.quotable.read(versions[0], WHOLE_BOOK) is not reads[0]
    for offset in range(KEPT_READERS + 5):
        await shelf.quotable.read(versions[0], Frontier(offset))
    again = await shelf.quotable.read(versions[0], Frontier(0))
    assert again.text is (await shelf.quotable.read(versions[0], Frontier(1))).text


async def test_the_only_book_is_kept_however_long_it_is() -> None:
    shelf = Shelf(max_letters=3)
    version = await shelf.add("one")
    read = await shelf.quotable.read(version, WHOLE_BOOK)
    assert await shelf.quotable.read(version, WHOLE_BOOK) is read
