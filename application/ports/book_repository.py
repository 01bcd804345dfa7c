from typing import Protocol

from domain.book import Book, BookLayout, ContentVersion
from domain.ids import BookId, OwnerId
from domain.page import Page, PageRequest


class BookRepository(Protocol):
    """Books and the layouts (chapters, source anchors) of their content versions."""

    async def add(self, book: Book, *, once_per_content: bool) -> Book:
        """Keep a new book; if one of this id is there already, return that one unchanged.

        With `once_per_content` the same goes for one of this owner and this (known) content
        hash. Without it the caller has chosen the id: raises BookNotFound for a new one where
        books of a chosen id are made by another system. One atomic step.
        """
        ...

    async def get(self, book_id: BookId) -> Book:
        """Raises BookNotFound."""
        ...

    async def find_by_content(self, owner_id: OwnerId | None, content_hash: str) -> Book | None: ...

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Book]:
        """Newest first. `None`: the books of everybody."""
        ...

    async def save(self, book: Book) -> None:
        """Overwrite all but `serving`. Raises BookNotFound."""
        ...

    async def publish(self, version: ContentVersion) -> None:
        """Let this version serve from now on: one atomic step, and never back to an older one.

        Raises BookNotFound, StaleWrite if a newer version serves already.
        """
        ...

    async def delete(self, book_id: BookId) -> None:
        """Forget the book and every layout of it. Does nothing if it is gone."""
        ...

    async def put_layout(self, version: ContentVersion, layout: BookLayout) -> None: ...

    async def layout(self, version: ContentVersion) -> BookLayout:
        """The whole layout, to resolve positions with; show readers `layout.up_to(frontier)`.

        Raises TextNotFound.
        """
        ...

    async def delete_layout(self, version: ContentVersion) -> None: ...
