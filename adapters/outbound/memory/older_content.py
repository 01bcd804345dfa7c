from collections.abc import Mapping, Sequence

from application.ports.older_content import OlderCharacter
from domain.ids import BookId, CharacterId


class MemoryOlderCharacters:
    def __init__(self, books: Mapping[BookId, Sequence[OlderCharacter]] | None = None) -> None:
        self._books = dict(books or {})

    async def character(self, book_id: BookId, character_id: CharacterId) -> OlderCharacter | None:
        found = await self.characters(book_id)
        return next((character for character in found if character.id == character_id), None)

    async def characters(self, book_id: BookId) -> Sequence[OlderCharacter]:
        return self._books.get(book_id, ())
