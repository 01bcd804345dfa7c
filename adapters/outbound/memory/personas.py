from collections.abc import Sequence

from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.ids import BookId, CharacterId
from domain.persona import Persona


class MemoryPersonaRepository:
    def __init__(self) -> None:
        self.personas: dict[tuple[ContentVersion, CharacterId, int], Persona] = {}

    async def put(self, version: ContentVersion, persona: Persona) -> None:
        self.personas[version, persona.character_id, persona.number] = persona

    async def latest(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier
    ) -> Persona | None:
        return next(iter(await self.versions(version, character_id, up_to)), None)

    async def versions(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier
    ) -> Sequence[Persona]:
        fitting = [
            persona
            for (of, who, _), persona in self.personas.items()
            if (of, who) == (version, character_id) and persona.fits(up_to)
        ]
        return sorted(fitting, key=lambda p: p.number, reverse=True)

    async def delete(self, version: ContentVersion) -> None:
        self.personas = {key: p for key, p in self.personas.items() if key[0] != version}

    async def delete_book(self, book_id: BookId) -> None:
        self.personas = {key: p for key, p in self.personas.items() if key[0].book_id != book_id}
