"""A book as people name one: by id, by the beginning of an id, or by words of its title."""

from application.ports.book_repository import BookRepository
from domain.book import Book, ContentVersion
from domain.cast import Cast, Character
from domain.errors import BookNotFound, BookNotReady, CharacterNotFound
from domain.page import PageRequest


async def all_books(books: BookRepository) -> list[Book]:
    """Everybody's: whoever runs commands here is the operator."""
    found: list[Book] = []
    cursor: str | None = None
    while True:
        page = await books.list(None, PageRequest(limit=200, cursor=cursor))
        found.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return found


async def find_book(books: BookRepository, wanted: str) -> Book:
    """Raises BookNotFound, also where several books would fit."""
    library = await all_books(books)
    words = wanted.casefold().strip()
    tests = (
        lambda b: b.id == words,
        lambda b: b.title.casefold() == words,
        lambda b: len(words) >= 4 and b.id.startswith(words),
        lambda b: bool(words) and words in b.title.casefold(),
    )
    for test in tests:
        fits = [b for b in library if test(b)]
        if len(fits) == 1:
            return fits[0]
        if fits:
            names = "; ".join(f"{b.title} ({b.id[:8]})" for b in fits[:5])
            raise BookNotFound(f"“{wanted}” fits several books: {names}. Give more of the title.")
    hint = "`falsafa books` lists those there are." if library else "`falsafa add FILE` adds one."
    raise BookNotFound(f"There is no book “{wanted}”. {hint}")


def version_of(book: Book) -> ContentVersion:
    """Raises BookNotReady."""
    if book.version is None:
        why = f" ({book.failure})" if book.failure else ""
        raise BookNotReady(f"“{book.title}” is {book.status}{why}; it cannot answer yet.")
    return book.version


def find_character(cast: Cast, wanted: str) -> Character:
    """By name or alias, or by a part of one if only one character has it.

    Raises CharacterNotFound.
    """
    exact = [c for c in cast.characters if c.is_called(wanted)]
    if exact:
        return exact[0]
    part = wanted.casefold().strip()
    fits = [c for c in cast.characters if any(part in a.text.casefold() for a in c.aliases)]
    if len(fits) == 1:
        return fits[0]
    names = ", ".join(c.name for c in (fits or cast.characters)[:8])
    if not names:
        raise CharacterNotFound("No characters are known up to this page of the book.")
    raise CharacterNotFound(f"Who is “{wanted}”? There are: {names}.")
