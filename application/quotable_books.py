"""The books that readers talk with, made ready for looking up what replies quote of them."""

import asyncio
from collections import OrderedDict

from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.text_store import TextStore
from application.text_up_to import text_up_to
from domain.book import BookLayout, ContentVersion
from domain.frontier import WHOLE_BOOK, Frontier
from domain.quotable import QuotableText
from domain.quotation import ReadBook

MAX_LETTERS = 8_000_000  # of all kept books together: some twenty novels, 60 MB
KEPT_READERS = 32  # casts as far as somebody has read


class QuotableBooks:
    """Made when a reply first quotes a book, beside the event loop, and kept while there is room.

    A cast's revision is another one after it was put right, and when a book was removed and added
    again: so it is part of what all is kept under.
    """

    def __init__(
        self,
        *,
        books: BookRepository,
        casts: CastRepository,
        texts: TextStore,
        max_letters: int = MAX_LETTERS,
    ) -> None:
        self._books = books
        self._casts = casts
        self._texts = texts
        self._max_letters = max_letters
        self._kept: OrderedDict[tuple[ContentVersion, str], QuotableText] = OrderedDict()
        self._read: OrderedDict[tuple[ContentVersion, str, Frontier], ReadBook] = OrderedDict()
        self._making = asyncio.Lock()

    async def read(self, version: ContentVersion, frontier: Frontier) -> ReadBook:
        """Raises StoreUnavailable, TextNotFound."""
        revision = await self._casts.revision(version)
        key = (version, revision, frontier)
        if key not in self._read:
            async with self._making:
                if key not in self._read:
                    self._read[key] = await asyncio.to_thread(
                        ReadBook.up_to,
                        frontier,
                        await self._text(version, revision),
                        await self._books.layout(version),
                        await self._casts.get(version, frontier),
                    )
        read = self._read[key]
        self._read.move_to_end(key)
        self._forget()
        return read

    async def layout(self, version: ContentVersion) -> BookLayout:
        """Raises StoreUnavailable, TextNotFound."""
        return await self._books.layout(version)

    async def _text(self, version: ContentVersion, revision: str) -> QuotableText:
        key = (version, revision)
        if key not in self._kept:
            # All of it, whatever the reader may see: what is found past the frontier is not told.
            text = await text_up_to(self._texts, version, WHOLE_BOOK)
            cast = await self._casts.get(version, WHOLE_BOOK)
            self._kept[key] = await asyncio.to_thread(QuotableText, text, cast.quotes)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _forget(self) -> None:
        while len(self._kept) > 1 and self._size() > self._max_letters:
            gone, _ = self._kept.popitem(last=False)
            for key in [key for key in self._read if key[:2] == gone]:
                del self._read[key]
        while len(self._read) > KEPT_READERS:
            self._read.popitem(last=False)

    def _size(self) -> int:
        return sum(text.size for text in self._kept.values())
