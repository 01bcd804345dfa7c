"""Write a persona for each of the characters who say most, from the whole of the book."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from application.ports.cast_repository import CastRepository
from application.ports.clock import Clock
from application.ports.metrics import Metrics
from application.ports.persona_repository import PersonaRepository
from application.ports.prompt_archive import PromptArchive
from application.ports.text_store import TextStore
from domain.book import ContentVersion
from domain.cast import Cast, Character
from domain.errors import FalsafaError, StoreUnavailable
from domain.frontier import WHOLE_BOOK, Frontier
from domain.persona_prompt import compose_persona
from domain.profile import Profiler
from domain.span import Span

FIRST = 1  # the persona's number in a fresh version; written again, it is overwritten

Report = Callable[[float, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Read:
    """A book read to its end."""

    version: ContentVersion
    title: str
    author: str
    through: Frontier
    profiler: Profiler


class WritePersonas:
    def __init__(
        self,
        *,
        casts: CastRepository,
        texts: TextStore,
        personas: PersonaRepository,
        archive: PromptArchive,
        metrics: Metrics,
        clock: Clock,
        max_characters: int = 20,
        min_quotes: int = 3,
    ) -> None:
        self._casts = casts
        self._texts = texts
        self._personas = personas
        self._archive = archive
        self._metrics = metrics
        self._clock = clock
        self._max_characters = max_characters
        self._min_quotes = min_quotes

    async def write(
        self, version: ContentVersion, title: str, author: str, report: Report
    ) -> tuple[str, ...]:
        """One warning for each character who is left without. Raises StoreUnavailable, since
        then it is not the character that is at fault."""
        cast = await self._casts.get(version, WHOLE_BOOK)
        chosen = self._chosen(cast)
        if not chosen:
            return ()
        length = await self._texts.length(version)
        text = await self._texts.slice(version, Span(0, length), WHOLE_BOOK)
        profiler = await asyncio.to_thread(Profiler, cast, text)
        book = _Read(version, title, author, Frontier(length), profiler)
        warnings = []
        for done, character in enumerate(chosen, start=1):
            warnings.extend(await self._outcome(book, character))
            await report(done / len(chosen), f"{done} of {len(chosen)} personas")
        return tuple(warnings)

    def _chosen(self, cast: Cast) -> list[Character]:
        speaking = [c for c in cast.characters if c.quote_count >= self._min_quotes]
        speaking.sort(key=lambda c: (-c.quote_count, -c.mention_count))
        return speaking[: self._max_characters]

    async def _outcome(self, book: _Read, character: Character) -> list[str]:
        # Gathered, so that whatever goes wrong with one character is a value, not the end of all.
        (failure,) = await asyncio.gather(self._write(book, character), return_exceptions=True)
        if isinstance(failure, StoreUnavailable):
            raise failure
        self._metrics.character_processed("failed" if failure else "completed")
        return [_warning(character, failure)] if failure else []

    async def _write(self, book: _Read, character: Character) -> None:
        profile = await asyncio.to_thread(book.profiler.profile, character)
        persona = compose_persona(
            profile,
            title=book.title,
            author=book.author,
            through=book.through,
            created_at=self._clock(),
            number=FIRST,
        )
        await self._personas.put(book.version, persona)
        await self._archive.write(book.version.book_id, character.name, persona.prompt)


def _warning(character: Character, failure: BaseException) -> str:
    reason = failure.message if isinstance(failure, FalsafaError) else type(failure).__name__
    return f"The persona of {character.name} could not be written: {reason}"
