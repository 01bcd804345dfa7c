"""A book read to its end, or as far as some readers are: what its personas are made from."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from application.persona_writer import Brief, PersonaWriter, Portrait
from domain.cast import Cast, Character
from domain.frontier import Frontier
from domain.ids import CharacterId
from domain.persona import Persona
from domain.persona_prompt import compose_persona, written_persona
from domain.profile import Profile, Profiler
from domain.unrevealed import NO_SECRETS, Unrevealed

FIRST = 1  # the persona's number in a fresh version; written again there, it is overwritten


@dataclass(frozen=True, slots=True)
class BookReading:
    title: str
    author: str
    text: str  # up to there
    through: Frontier
    profiler: Profiler
    briefs: dict[CharacterId, Brief] = field(default_factory=dict)  # empty: no model is to write

    async def composed(self, character: Character, now: datetime, number: int = FIRST) -> Persona:
        """By rule, from what counting shows."""
        return compose_persona(
            await self._profile(character),
            title=self.title,
            author=self.author,
            through=self.through,
            created_at=now,
            number=number,
        )

    async def written(
        self, character: Character, portrait: Portrait, now: datetime, number: int = FIRST
    ) -> Persona:
        return written_persona(
            await self._profile(character),
            portrait.text,
            portrait.analysis,
            title=self.title,
            author=self.author,
            through=self.through,
            created_at=now,
            number=number,
        )

    async def _profile(self, character: Character) -> Profile:
        if brief := self.briefs.get(character.id):
            return brief.profile
        return await asyncio.to_thread(self.profiler.profile, character)


async def read_book(
    cast: Cast,
    text: str,
    title: str,
    author: str,
    chosen: Sequence[Character],
    writer: PersonaWriter | None,
    through: Frontier,
    unrevealed: Unrevealed = NO_SECRETS,
) -> BookReading:
    """With a brief of each of the chosen, if there is a model to write them; `cast` as it is known
    `through` there, `text` at least up to there."""
    text = text[: through.offset]
    profiler = await asyncio.to_thread(Profiler, cast, text)
    book = BookReading(title, author, text, through, profiler)
    if writer:
        # Gathered, so that one whose brief cannot be made does not end all: they will be told of
        # when their persona cannot be made either.
        briefs = await asyncio.gather(
            *(
                asyncio.to_thread(_brief, writer, book, character, unrevealed)
                for character in chosen
            ),
            return_exceptions=True,
        )
        made = zip(chosen, briefs, strict=True)
        book.briefs.update({c.id: b for c, b in made if isinstance(b, Brief)})
    return book


def _brief(
    writer: PersonaWriter, book: BookReading, character: Character, unrevealed: Unrevealed
) -> Brief:
    profile = book.profiler.profile(character)
    return writer.brief(profile, book.text, book.title, book.author, book.through, unrevealed)
