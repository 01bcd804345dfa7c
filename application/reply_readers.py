"""Who reads along while a reply streams: each sees its text as it comes, and tells events of it.

The list in `ReplyReaders.of` is all there is of them. How a reply is cut into deltas makes no
difference to what any of them tells.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Protocol, TypeAlias

from application.quotable_books import QuotableBooks
from application.reply import Reply
from domain.book import ContentVersion
from domain.citation import CitationReader
from domain.epub_locator import locate
from domain.errors import FalsafaError
from domain.frontier import Frontier
from domain.interlocutor import Interlocutor
from domain.passage import SearchHit
from domain.quotation import QuotationCheck
from domain.quoted import QuotedStretches, Stretch
from domain.turn import Cited, Quoted, ReplyEvent

# The letter of the reply, counted from 1, with which an event has become certain.
Certain: TypeAlias = tuple[int, ReplyEvent]


class ReplyReader(Protocol):
    async def read(self, delta: str) -> Sequence[Certain]:
        """What has become certain with these words. Raises FalsafaError."""
        ...

    async def end(self) -> Sequence[Certain]:
        """What waited for words that have not come. Raises FalsafaError."""
        ...

    @property
    def lack(self) -> str:
        """What a reply is told to have done without if this reader fails."""
        ...


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """What a reply rests on."""

    version: ContentVersion
    interlocutor: Interlocutor
    frontier: Frontier  # of the turn
    hits: Sequence[SearchHit]  # each one's rank is the number it is cited by


class ReplyReaders:
    def __init__(self, *, quotable_books: QuotableBooks) -> None:
        self._quotable_books = quotable_books

    def of(self, context: ReplyContext) -> list[ReplyReader]:
        return [Citations(self._quotable_books, context), Quotations(self._quotable_books, context)]


class Citations:
    lack = "The places that the reply cites could not be looked up."

    def __init__(self, books: QuotableBooks, context: ReplyContext) -> None:
        self._books = books
        self._version = context.version
        self._reader = CitationReader(context.hits)

    async def read(self, delta: str) -> Sequence[Certain]:
        cited = self._reader.told(delta)
        if not cited:
            return []
        layout = await self._books.layout(self._version)
        return [(at, Cited(replace(c, epub=locate(layout, c.span)))) for at, c in cited]

    async def end(self) -> Sequence[Certain]:
        return ()


class Quotations:
    """Whatever stands in quotation marks, held against the book as far as it has been read. The
    book is opened when something does."""

    lack = "The quotations of the reply could not be held against the book."

    def __init__(self, books: QuotableBooks, context: ReplyContext) -> None:
        self._books = books
        self._context = context
        self._stretches = QuotedStretches()
        self._check: QuotationCheck | None = None

    async def read(self, delta: str) -> Sequence[Certain]:
        return await self._told(self._stretches.feed(delta), is_whole=False)

    async def end(self) -> Sequence[Certain]:
        return await self._told(self._stretches.end(), is_whole=True)

    async def _told(self, stretches: Sequence[Stretch], *, is_whole: bool) -> list[Certain]:
        if self._check is None:
            if not any(stretch.ends for stretch in stretches):
                return []
            context = self._context
            book = await self._books.read(context.version, context.frontier)
            own = context.interlocutor.character
            given = [hit.passage.span for hit in context.hits]
            self._check = QuotationCheck(book, own.id if own else None, given)
        told = self._check.told(stretches, self._stretches.text, is_whole=is_whole)
        return [(at, Quoted(quotation)) for at, quotation in told]


class ReadAlong:
    """The readers of one reply. One that fails reads no further: the reply says what it lacks, and
    goes on."""

    def __init__(self, readers: Sequence[ReplyReader], reply: Reply) -> None:
        self._readers = list(readers)
        self._reply = reply

    async def read(self, delta: str) -> list[ReplyEvent]:
        return await self._all(lambda reader: reader.read(delta))

    async def end(self) -> list[ReplyEvent]:
        return await self._all(lambda reader: reader.end())

    async def _all(
        self, told_by: Callable[[ReplyReader], Awaitable[Sequence[Certain]]]
    ) -> list[ReplyEvent]:
        certain: list[Certain] = []
        for reader in tuple(self._readers):
            try:
                certain += await told_by(reader)
            except FalsafaError:
                self._readers.remove(reader)
                self._reply.lack(reader.lack)
        events = [event for _, event in sorted(certain, key=itemgetter(0))]
        for event in events:
            self._reply.note(event)
        return events
