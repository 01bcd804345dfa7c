"""Personas for readers on the way: each written from the text up to the end of some chapter, so
that one for chapter 5 holds nothing of chapter 30. Between two such places the earlier one serves.

Only a language model's are kept in layers: what is composed by rule is composed from just what a
reader has read, whenever it is asked for.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from application.book_reading import FIRST, BookReading, read_book
from application.persona_commission import Commission, Declined, reason_of
from application.persona_writer import PersonaWriter
from application.ports.clock import Clock
from application.ports.persona_repository import PersonaRepository
from application.run_until import all_done
from domain.book import ContentVersion
from domain.cast import Cast, Character
from domain.errors import StoreUnavailable
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId
from domain.merged import as_known
from domain.persona import Persona, PersonaOrigin
from domain.turn import Usage
from domain.unrevealed import Unrevealed

AT_ONCE = 4  # characters that a model is asked about at the same time
NEWS = 1.25  # times as many lines as at the layer before: else that one still tells enough


@dataclass(frozen=True, slots=True)
class Story:
    """A book read to its end."""

    version: ContentVersion
    cast: Cast  # as it was put, or is about to be
    text: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class Layer:
    through: Frontier
    cast: Cast  # as it is known there
    characters: tuple[Character, ...]  # who gets a persona
    numbers: dict[CharacterId, int] = field(default_factory=dict)  # of the new personas


class WriteLayers:
    def __init__(self, *, personas: PersonaRepository, clock: Clock, writer: PersonaWriter) -> None:
        self._personas = personas
        self._clock = clock
        self._writer = writer

    async def plan(
        self,
        story: Story,
        throughs: Sequence[Frontier],
        chosen: frozenset[CharacterId],
        min_quotes: int,
    ) -> list[Layer]:
        """Who of the chosen gets a persona where: those with lines enough, and news since the
        layer before."""
        return await asyncio.to_thread(_planned, story.cast, throughs, chosen, min_quotes)

    async def estimate(self, story: Story, layers: Sequence[Layer]) -> Usage:
        """All of them, if each answer is as long as it may be."""
        usage = Usage()
        for layer in layers:
            book = await self._read(story, layer)
            usage += sum((self._writer.estimate(b) for b in book.briefs.values()), Usage())
        return usage

    async def write(
        self, story: Story, layers: Sequence[Layer], commission: Commission
    ) -> tuple[str, ...]:
        """Sentences on why some were not written, if any; the latest are written first. One that
        an earlier run has written is not asked for again. Raises StoreUnavailable."""
        return await self._all(story, layers, commission, is_rewriting=False)

    async def rewrite(
        self,
        story: Story,
        end: Frontier,
        who: frozenset[CharacterId],
        commission: Commission,
    ) -> dict[CharacterId, int]:
        """Anew, wherever before `end` there is one of these characters (by whom they are there),
        since the cast is another now; where the model does not, by rule. Returns the highest number
        of each, so that the one of the whole book comes after it. Raises StoreUnavailable.
        """
        known = await asyncio.to_thread(story.cast.up_to, WHOLE_BOOK)
        again: defaultdict[Frontier, dict[CharacterId, int]] = defaultdict(dict)
        counts: dict[CharacterId, int] = {}
        for character in story.cast.characters:
            person = as_known(known, character.id)
            if person is None or person.id not in who:
                continue
            kept = await self._personas.versions(story.version, character.id, WHOLE_BOOK)
            throughs = sorted({p.through for p in kept if p.through < end})
            number = max((p.number for p in kept), default=0)
            for through in throughs:
                latest = next(p for p in kept if p.through == through)
                if latest.origin is not PersonaOrigin.EDITED:
                    number += 1
                    again[through][character.id] = number
            counts[character.id] = number
        layers = []
        for through, numbers in again.items():
            cast = await asyncio.to_thread(story.cast.up_to, through)
            characters = tuple(c for c in cast.characters if c.id in numbers)
            layers.append(Layer(through, cast, characters, numbers))
        await self._all(story, layers, commission, is_rewriting=True)
        return counts

    async def telling_too_much(
        self, story: Story, end: Frontier, who: frozenset[CharacterId]
    ) -> frozenset[CharacterId]:
        """Those of whom a layer before `end`, as the model wrote it for another cast, has a name
        that this cast reveals only later."""
        known = await asyncio.to_thread(story.cast.up_to, WHOLE_BOOK)
        secrets: dict[Frontier, Unrevealed] = {}
        found = set()
        for character in story.cast.characters:
            person = as_known(known, character.id)
            if person is None or person.id not in who:
                continue
            latest: dict[Frontier, Persona] = {}
            for persona in await self._personas.versions(story.version, character.id, WHOLE_BOOK):
                latest.setdefault(persona.through, persona)
            for through, persona in latest.items():
                if through >= end or persona.origin is not PersonaOrigin.MODEL:
                    continue
                if through not in secrets:
                    secrets[through] = await asyncio.to_thread(Unrevealed.of, story.cast, through)
                if secrets[through].named_in(persona.prompt):
                    found.add(person.id)
        return frozenset(found)

    async def _all(
        self, story: Story, layers: Sequence[Layer], commission: Commission, *, is_rewriting: bool
    ) -> tuple[str, ...]:
        room = asyncio.Semaphore(AT_ONCE)
        reasons: dict[str, None] = {}
        for layer in sorted(layers, key=lambda one: one.through, reverse=True):
            book = await self._read(story, layer)

            async def see_to(
                character: Character, book: BookReading = book, layer: Layer = layer
            ) -> str:
                number = layer.numbers[character.id]
                async with room:
                    return await self._outcome(
                        story.version, book, character, number, commission, is_rewriting
                    )

            found = await all_done(see_to(character) for character in layer.characters)
            reasons.update(dict.fromkeys(filter(None, found)))
        return tuple(reasons)

    async def _outcome(
        self,
        version: ContentVersion,
        book: BookReading,
        character: Character,
        number: int,
        commission: Commission,
        is_rewriting: bool,
    ) -> str:
        """Why the model has not written it; "": it has."""
        # Gathered, so that whatever goes wrong with one character is a value, not the end of all.
        (result,) = await asyncio.gather(
            self._write(version, book, character, number, commission, is_rewriting),
            return_exceptions=True,
        )
        if isinstance(result, StoreUnavailable):
            raise result
        return reason_of(result) if isinstance(result, BaseException) else result

    async def _write(
        self,
        version: ContentVersion,
        book: BookReading,
        character: Character,
        number: int,
        commission: Commission,
        is_rewriting: bool,
    ) -> str:
        brief = book.briefs[character.id]
        if not is_rewriting and await self._is_kept(version, character, book.through, number):
            commission.already_paid(brief)
            return ""
        outcome = await commission.portrait(brief)
        if not isinstance(outcome, Declined):
            await self._put(version, await book.written(character, outcome, self._clock(), number))
            return ""
        if is_rewriting:  # what is there is of another cast
            await self._put(version, await book.composed(character, self._clock(), number))
        return outcome.reason

    async def _is_kept(
        self, version: ContentVersion, character: Character, through: Frontier, number: int
    ) -> bool:
        return any(
            (p.number, p.through, p.origin) == (number, through, PersonaOrigin.MODEL)
            for p in await self._personas.versions(version, character.id, through)
        )

    async def _put(self, version: ContentVersion, persona: Persona) -> None:
        await self._personas.put(version, persona)

    async def _read(self, story: Story, layer: Layer) -> BookReading:
        return await read_book(
            layer.cast,
            story.text,
            story.title,
            story.author,
            layer.characters,
            self._writer,
            layer.through,
            Unrevealed.of(story.cast, layer.through),
        )


def _planned(
    cast: Cast,
    throughs: Sequence[Frontier],
    chosen: frozenset[CharacterId],
    min_quotes: int,
) -> list[Layer]:
    whole = cast.up_to(WHOLE_BOOK)
    said: dict[CharacterId, int] = {}
    layers = []
    for number, through in enumerate(throughs, start=FIRST):
        known = cast.up_to(through)
        fresh = tuple(
            c
            for c in known.characters
            if (person := as_known(whole, c.id)) is not None
            and person.id in chosen
            and c.quote_count >= max(min_quotes, NEWS * said.get(c.id, 0))
        )
        said.update((c.id, c.quote_count) for c in fresh)
        layers.append(Layer(through, known, fresh, {c.id: number for c in fresh}))
    return layers
