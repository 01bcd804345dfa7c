from collections.abc import Sequence
from typing import Protocol

from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.ids import BookId, CharacterId
from domain.persona import Persona


class PersonaRepository(Protocol):
    """Personas of a content version's characters; each write adds a version of the persona."""

    async def put(self, version: ContentVersion, persona: Persona) -> None:
        """Keep it under (character, number); the same number again overwrites."""
        ...

    async def latest(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier
    ) -> Persona | None:
        """The highest number whose `through` lies within `up_to`."""
        ...

    async def versions(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier
    ) -> Sequence[Persona]:
        """All that fit, newest first."""
        ...

    async def delete(self, version: ContentVersion) -> None: ...

    async def delete_book(self, book_id: BookId) -> None: ...
