import asyncio
from collections.abc import Sequence

from adapters.outbound.memory.passages import MemoryPassageRepository
from application.terms_of_books import TermsOfBooks
from domain.book import BookLayout, Chapter, ContentVersion
from domain.frontier import Frontier
from domain.ids import BookId
from domain.passage import Passage
from domain.span import Span

LAYOUT = BookLayout(100, (Chapter(0, "One", Span(0, 100)),))
ONE, TWO, THREE = (ContentVersion(BookId(name), 1) for name in ("one", "two", "three"))


class CountingPassages(MemoryPassageRepository):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[ContentVersion] = []

    async def all(self, version: ContentVersion, up_to: Frontier) -> Sequence[Passage]:
        self.read.append(version)
        return await super().all(version, up_to)


async def filled() -> CountingPassages:
    passages = CountingPassages()
    for version in (ONE, TWO, THREE):
        await passages.put(version, [Passage(n, Span(n, n + 1), 0, "lamp") for n in range(10)])
    return passages


async def test_a_book_is_read_once() -> None:
    passages = await filled()
    terms = TermsOfBooks(passages)
    both = await asyncio.gather(terms.of(ONE, LAYOUT, "1"), terms.of(ONE, LAYOUT, "1"))
    assert both[0] is both[1]
    assert len(both[0]) == 10
    assert passages.read == [ONE]


async def test_a_book_of_another_layout_is_read_again() -> None:
    passages = await filled()
    terms = TermsOfBooks(passages)
    await terms.of(ONE, LAYOUT, "1")
    await terms.of(ONE, BookLayout(99, LAYOUT.chapters), "1")
    assert passages.read == [ONE, ONE]


async def test_a_book_whose_cast_was_put_right_is_read_again() -> None:
    passages = await filled()
    terms = TermsOfBooks(passages)
    await terms.of(ONE, LAYOUT, "1")
    await terms.of(ONE, LAYOUT, "2")
    assert passages.read == [ONE, ONE]


async def test_the_books_used_last_are_kept_while_there_is_room() -> None:
    passages = await filled()
    one = (await TermsOfBooks(passages).of(ONE, LAYOUT, "1")).nbytes
    terms = TermsOfBooks(passages, max_bytes=2 * one)
    for version in (ONE, TWO, ONE, THREE, ONE, TWO):
        await terms.of(version, LAYOUT, "1")
    assert passages.read[3:] == [THREE, TWO]
    assert terms.nbytes == 2 * one
