from collections.abc import Mapping, Sequence

from application.ports.older_content import OlderCharacter
from domain.errors import FalsafaError
from domain.ids import BookId, CharacterId
from domain.terms import terms


class MemoryOlderCharacters:
    def __init__(self, books: Mapping[BookId, Sequence[OlderCharacter]] | None = None) -> None:
        self._books = dict(books or {})

    async def character(self, book_id: BookId, character_id: CharacterId) -> OlderCharacter | None:
        found = await self.characters(book_id)
        return next((character for character in found if character.id == character_id), None)

    async def characters(self, book_id: BookId) -> Sequence[OlderCharacter]:
        return self._books.get(book_id, ())


class MemoryOlderPassages:
    """Those that share a word with what is looked for; `error` is raised instead, if set."""

    def __init__(self, books: Mapping[BookId, Sequence[str]] | None = None) -> None:
        self._books = dict(books or {})
        self.error: FalsafaError | None = None

    async def passages(self, book_id: BookId, words: str, limit: int) -> Sequence[str]:
        if self.error is not None:
            raise self.error
        wanted = set(terms(words))
        found = [text for text in self._books.get(book_id, ()) if wanted & set(terms(text))]
        return found[:limit]
