from dataclasses import replace

from domain.book import Book, BookLayout, ContentVersion
from domain.cursor import read_cursor, write_cursor
from domain.errors import BookNotFound, StaleWrite, TextNotFound
from domain.ids import BookId, OwnerId
from domain.page import Page, PageRequest


class MemoryBookRepository:
    def __init__(self) -> None:
        self.books: dict[BookId, Book] = {}
        self.layouts: dict[ContentVersion, BookLayout] = {}

    async def add(self, book: Book, *, once_per_content: bool) -> Book:
        if book.id not in self.books and once_per_content:
            same = await self.find_by_content(book.owner_id, book.content_hash)
            if same is not None:
                return same
        return self.books.setdefault(book.id, book)

    async def get(self, book_id: BookId) -> Book:
        if book_id not in self.books:
            raise BookNotFound(f"There is no book {book_id}.")
        return self.books[book_id]

    async def find_by_content(self, owner_id: OwnerId | None, content_hash: str) -> Book | None:
        same = [
            book
            for book in self.books.values()
            if content_hash and (book.owner_id, book.content_hash) == (owner_id, content_hash)
        ]
        return min(same, key=lambda b: (b.created_at, b.id), default=None)

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Book]:
        books = sorted(self.books.values(), key=_age, reverse=True)
        books = [b for b in books if owner_id is None or b.owner_id == owner_id]
        if page.cursor is not None:
            before = read_cursor(page.cursor, 2)
            books = [b for b in books if _age(b) < before]
        more = len(books) > page.limit
        cursor = write_cursor(*_age(books[page.limit - 1])) if more else None
        return Page(tuple(books[: page.limit]), cursor)

    async def save(self, book: Book) -> None:
        there = await self.get(book.id)
        self.books[book.id] = replace(book, serving=there.serving)

    async def publish(self, version: ContentVersion) -> None:
        book = await self.get(version.book_id)
        if book.serving > version.number:
            raise StaleWrite("A newer version of the book serves already.")
        self.books[book.id] = replace(book, serving=version.number)

    async def delete(self, book_id: BookId) -> None:
        self.books.pop(book_id, None)
        self.layouts = {v: layout for v, layout in self.layouts.items() if v.book_id != book_id}

    async def put_layout(self, version: ContentVersion, layout: BookLayout) -> None:
        self.layouts[version] = layout

    async def layout(self, version: ContentVersion) -> BookLayout:
        if version not in self.layouts:
            raise TextNotFound(f"The book has no text of version {version.number}.")
        return self.layouts[version]

    async def delete_layout(self, version: ContentVersion) -> None:
        self.layouts.pop(version, None)


def _age(book: Book) -> tuple[str, ...]:
    return book.created_at.isoformat(timespec="microseconds"), book.id
