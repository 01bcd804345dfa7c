"""Meeting whoever answers a reader, which takes long, and keeping them."""

import asyncio
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress

from application.ports.cache import Cache
from application.ports.cast_repository import CastRepository
from application.ports.clock import Clock
from application.ports.passage_repository import PassageRepository
from application.ports.persona_repository import PersonaRepository
from application.ports.text_store import TextStore
from application.text_up_to import text_up_to
from domain.book import Book, ContentVersion
from domain.cast import Cast, Character
from domain.errors import CharacterNotFound, StoreUnavailable
from domain.frontier import Frontier
from domain.ground_rules import book_persona
from domain.ids import CharacterId
from domain.interlocutor import Interlocutor
from domain.interlocutor_json import interlocutor_from_json, interlocutor_to_json
from domain.merged import as_known
from domain.persona import PersonaOrigin
from domain.persona_prompt import compose_persona
from domain.profile import Profile, Profiler
from domain.span import Span
from domain.speech import Line
from domain.wording import Wordings

KEPT = 64  # interlocutors kept ready: a main character takes some hundred kB
SHARED_SECONDS = 3_600.0  # in the cache, for other processes


class Interlocutors:
    """Meets them, and keeps the last ones: a version's text does not change once it serves, and its
    cast's revision tells when that does.

    The frontier is part of what they are kept under, so that none knows more than its reader. The
    one met last of a character is shared through the cache, `chat:char:{id}`, with all that it
    depends on: so it is good for nobody else, and need not be deleted when anything changes.
    """

    def __init__(
        self,
        *,
        casts: CastRepository,
        texts: TextStore,
        passages: PassageRepository,
        personas: PersonaRepository,
        clock: Clock,
        cache: Cache | None = None,
    ) -> None:
        self._casts = casts
        self._texts = texts
        self._passages = passages
        self._personas = personas
        self._clock = clock
        self._cache = cache
        self._met: OrderedDict[tuple[object, ...], Interlocutor] = OrderedDict()
        self._meeting = asyncio.Lock()  # a profile is heavy: many readers at once wait for one

    async def meet(
        self,
        book: Book,
        version: ContentVersion,
        character_id: CharacterId | None,
        frontier: Frontier,
    ) -> Interlocutor:
        """Raises CharacterNotFound if the reader has not met them yet."""
        revision = await self._casts.revision(version)
        key = (version, book.content_hash, revision, character_id, frontier)
        if key not in self._met:
            async with self._meeting:
                if key not in self._met:
                    self._met[key] = await self._shared(
                        book, version, revision, character_id, frontier
                    )
        self._met.move_to_end(key)
        if len(self._met) > KEPT:
            self._met.popitem(last=False)
        return self._met[key]

    async def persona(
        self, version: ContentVersion, interlocutor: Interlocutor, frontier: Frontier
    ) -> str:
        """The prompt of the persona that somebody has written, if it knows no more than the reader;
        else the one composed from what the reader has read, by the cast as it is now."""
        if interlocutor.character is None:
            return interlocutor.persona
        kept = await self._personas.latest(version, interlocutor.character.id, frontier)
        is_written = kept is not None and kept.origin is not PersonaOrigin.PROFILE
        return kept.prompt if kept and is_written and kept.fits(frontier) else interlocutor.persona

    async def _shared(
        self,
        book: Book,
        version: ContentVersion,
        revision: str,
        character_id: CharacterId | None,
        frontier: Frontier,
    ) -> Interlocutor:
        """As another process has met them, or met now."""
        if self._cache is None or character_id is None:
            return await self._meet(book, version, character_id, frontier)
        name = f"chat:char:{character_id}"
        of = (
            book.id,
            version.number,
            book.content_hash,
            revision,
            character_id,
            frontier.offset,
        )
        with suppress(StoreUnavailable):
            written = await self._cache.get(name)
            if written and (known := interlocutor_from_json(written, of)):
                return known
        met = await self._meet(book, version, character_id, frontier)
        with suppress(StoreUnavailable):
            await self._cache.set(name, interlocutor_to_json(met, of), SHARED_SECONDS)
        return met

    async def _meet(
        self,
        book: Book,
        version: ContentVersion,
        character_id: CharacterId | None,
        frontier: Frontier,
    ) -> Interlocutor:
        cast = await self._casts.get(version, frontier)
        names = {a.text: c.gender for c in cast.characters for a in c.aliases}
        if character_id is None:
            return Interlocutor(book_persona(book.title, book.author), names)
        character = as_known(cast, character_id)
        if character is None:
            raise CharacterNotFound("There is no such character up to this page of the book.")
        profile = await self._profile(version, cast, character, frontier)
        composed = compose_persona(
            profile,
            title=book.title,
            author=book.author,
            through=frontier,
            created_at=self._clock(),
        )
        return Interlocutor(
            persona=composed.prompt,
            names=names,
            character=character,
            lines=profile.lines,
            telling=profile.telling_lines,
            wordings=Wordings([line.text for line in profile.lines]),
            passage_of_line=await self._places(version, profile.lines, frontier),
        )

    async def _profile(
        self, version: ContentVersion, cast: Cast, character: Character, frontier: Frontier
    ) -> Profile:
        text = await text_up_to(self._texts, version, frontier)
        return await asyncio.to_thread(lambda: Profiler(cast, text).profile(character))

    async def _places(
        self, version: ContentVersion, lines: Sequence[Line], frontier: Frontier
    ) -> dict[Span, int]:
        """The passage that holds each line, where one holds it whole."""
        passages = await self._passages.all(version, frontier)
        places = {}
        for line in lines:
            place = bisect_right(passages, line.span.start, key=lambda p: p.span.start) - 1
            if place >= 0 and passages[place].span.contains(line.span):
                places[line.span] = passages[place].index
        return places
