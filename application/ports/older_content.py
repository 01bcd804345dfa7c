"""What an older backend made of a book, before it had a canonical text or positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.ids import BookId, CharacterId


@dataclass(frozen=True, slots=True)
class OlderCharacter:
    id: CharacterId
    name: str
    prompt: str  # the stored system prompt; "" if none was written
    aliases: tuple[str, ...] = ()


class OlderCharacters(Protocol):
    async def character(self, book_id: BookId, character_id: CharacterId) -> OlderCharacter | None:
        """Raises StoreUnavailable."""
        ...

    async def characters(self, book_id: BookId) -> Sequence[OlderCharacter]:
        """All of the book's. Raises StoreUnavailable."""
        ...


class OlderPassages(Protocol):
    async def passages(self, book_id: BookId, words: str, limit: int) -> Sequence[str]:
        """Texts of the book's old chunks that fit the words, best first; none if there is no old
        index. Raises StoreUnavailable."""
        ...
