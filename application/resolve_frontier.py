"""A reading position as written on the wire, made one offset of a version's text."""

from application.ports.book_repository import BookRepository
from domain.book import ContentVersion
from domain.frontier import WHOLE_BOOK, Frontier
from domain.locator import resolve_locator


class ResolveFrontier:
    def __init__(self, *, books: BookRepository) -> None:
        self._books = books

    async def resolve(
        self, version: ContentVersion, locator: str | None, default: Frontier = WHOLE_BOOK
    ) -> Frontier:
        """`default` where none is given. Raises InvalidLocator, TextNotFound."""
        if locator is None or not locator.strip():
            return default
        return resolve_locator(locator, await self._books.layout(version))
