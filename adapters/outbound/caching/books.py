"""Layouts of the versions that serve, kept beside any book repository.

A book's row is always read from the repository: it says which version serves. The layout of that
version never changes, so it is kept with what the row said, and good only for a row that says the
same: a value that could not be deleted is never taken for a newer one.
"""

from dataclasses import dataclass
from datetime import datetime

from adapters.outbound.caching.values import CachedValues, Lately
from application.ports.book_repository import BookRepository
from application.ports.cache import Cache
from domain.book import Book, BookLayout, ContentVersion
from domain.ids import BookId, OwnerId
from domain.page import Page, PageRequest

_BOOKS = 1_024  # whose rows are remembered
_LAYOUTS = 16  # in memory


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells a version apart, also from one of a book that was deleted and made anew."""

    book_id: BookId
    number: int
    content_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _KeptBook:
    """The value of `chat:book:{id}`."""

    mark: _Mark
    title: str
    author: str
    description: str
    layout: BookLayout


class CachingBookRepository:
    """BookRepository. `chat:book:{id}` holds the layout, and title, author and description for
    whoever reads the cache by hand."""

    def __init__(self, inner: BookRepository, cache: Cache) -> None:
        self._inner = inner
        self._kept = CachedValues(cache, _KeptBook, "chat:book:")
        self._rows: Lately[BookId, Book] = Lately(_BOOKS)  # as read last
        self._layouts: Lately[_Mark, BookLayout] = Lately(_LAYOUTS)

    async def add(self, book: Book, *, once_per_content: bool) -> Book:
        return await self._inner.add(book, once_per_content=once_per_content)

    async def get(self, book_id: BookId) -> Book:
        self._rows.drop(book_id)
        book = await self._inner.get(book_id)
        self._rows.put(book_id, book)
        return book

    async def find_by_content(self, owner_id: OwnerId | None, content_hash: str) -> Book | None:
        return await self._inner.find_by_content(owner_id, content_hash)

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Book]:
        return await self._inner.list(owner_id, page)

    async def save(self, book: Book) -> None:
        self._rows.drop(book.id)
        await self._inner.save(book)

    async def publish(self, version: ContentVersion) -> None:
        await self._inner.publish(version)
        await self._forget(version.book_id)

    async def delete(self, book_id: BookId) -> None:
        await self._inner.delete(book_id)
        await self._forget(book_id)

    async def put_layout(self, version: ContentVersion, layout: BookLayout) -> None:
        await self._inner.put_layout(version, layout)
        await self._forget_layout(version)

    async def layout(self, version: ContentVersion) -> BookLayout:
        book = self._rows.get(version.book_id)
        if book is None or book.version != version:
            return await self._inner.layout(version)  # one that is being built may still change
        mark = _mark(book)
        if layout := self._layouts.get(mark):
            return layout
        kept = await self._kept.get(book.id)
        if kept is not None and kept.mark == mark:
            layout = kept.layout
        else:
            layout = await self._inner.layout(version)
            about = _KeptBook(mark, book.title, book.author, book.description, layout)
            await self._kept.set(book.id, about)
        self._layouts.put(mark, layout)
        return layout

    async def delete_layout(self, version: ContentVersion) -> None:
        await self._inner.delete_layout(version)
        await self._forget_layout(version)

    async def _forget_layout(self, version: ContentVersion) -> None:
        book = self._rows.get(version.book_id)
        if book is not None and book.version == version:
            self._layouts.drop(_mark(book))
            await self._forget(version.book_id)

    async def _forget(self, book_id: BookId) -> None:
        self._rows.drop(book_id)
        await self._kept.forget(book_id)


def _mark(book: Book) -> _Mark:
    return _Mark(book.id, book.serving, book.content_hash, book.created_at)
