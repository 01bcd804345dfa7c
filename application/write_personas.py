"""Write a persona for each of the characters who say most, from the whole of the book.

A language model writes them where one is set up, as far as the budget goes; the others are composed
by rule from what counting shows, and the book's warnings say which, and why.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from application.book_reading import FIRST, BookReading, read_book
from application.persona_commission import Commission, Declined, reason_of
from application.persona_writer import PersonaWriter
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.clock import Clock
from application.ports.metrics import Metrics
from application.ports.persona_repository import PersonaRepository
from application.ports.prompt_archive import PromptArchive
from application.ports.text_store import TextStore
from application.run_until import all_done
from application.text_up_to import text_up_to
from application.write_layers import AT_ONCE, Layer, Story, WriteLayers
from domain.book import BookLayout, ContentVersion
from domain.cast import Cast, Character
from domain.errors import StoreUnavailable
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId, CharacterId
from domain.persona import Persona, PersonaOrigin
from domain.persona_layers import layers_of
from domain.spending import NO_LIMIT, Budget, told
from domain.touched import Touched
from domain.turn import Usage

NOT_IN_LAYERS = "Readers on the way meet some people as composed by rule."

Report = Callable[[float, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PersonaEstimate:
    """What writing a book's personas costs at most."""

    characters: int
    usage: Usage = field(default_factory=Usage)
    model: str = ""  # "" where they are composed by rule, which costs nothing
    usd: float | None = None  # None: no prices are set
    is_within_budget: bool = True


@dataclass(frozen=True, slots=True)
class Rewritten:
    characters: tuple[CharacterId, ...] = ()  # who has a new persona
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Outdated:
    own: dict[CharacterId, int] = field(default_factory=dict)  # the number of the new persona
    around: list[tuple[Character, Persona]] = field(default_factory=list)  # composed by rule
    beside: dict[CharacterId, Persona] = field(default_factory=dict)  # around, and written
    edited: list[Character] = field(default_factory=list)  # by a person


@dataclass(frozen=True, slots=True)
class _Remark:
    """Told of all the characters that it holds for: "{what}: {names}. {reason}"."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    character: Character
    failure: str = ""  # why there is no persona
    remark: _Remark | None = None  # where the model that is set up has not written it


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
        books: BookRepository,
        max_characters: int = 20,
        min_quotes: int = 3,
        writer: PersonaWriter | None = None,
        budget: Budget = NO_LIMIT,
        layers: int = 1,
    ) -> None:
        """`layers`: at how many places of the book the model writes, its end among them."""
        self._books = books
        self._layers = layers
        self._write_layers: WriteLayers | None = None
        if writer is not None:
            self._write_layers = WriteLayers(personas=personas, clock=clock, writer=writer)
        self._casts = casts
        self._texts = texts
        self._personas = personas
        self._archive = archive
        self._metrics = metrics
        self._clock = clock
        self._max_characters = max_characters
        self._min_quotes = min_quotes
        self._writer = writer
        self._budget = budget

    async def write(
        self, version: ContentVersion, title: str, author: str, report: Report
    ) -> tuple[str, ...]:
        """Warnings: who is left without, and whom a model should have written and has not.

        Done again for the same version, it asks no model anew for what one has written. Raises
        StoreUnavailable, since then it is not the character that is at fault.
        """
        *early, end = layers_of(await self._books.layout(version), self._layers)
        cast = await self._casts.get(version, end)
        chosen = self._chosen(cast)
        if not chosen:
            return ()
        text = await text_up_to(self._texts, version, WHOLE_BOOK)
        book = await read_book(cast, text, title, author, chosen, self._writer, end)
        story = Story(version, await self._casts.whole(version), text, title, author)
        layers, commission = [], None
        if self._writer and self._write_layers:
            commission = Commission(self._writer, self._budget, self._metrics)
            layers = await self._write_layers.plan(
                story, early, frozenset(c.id for c in chosen), self._min_quotes
            )
            usage = _usage_of(book, self._writer) + await self._write_layers.estimate(story, layers)
            await report(0.0, self._announced(book, layers, usage, self._writer))
        last = FIRST + len(early)  # the number of those of the whole book: the highest serves
        room, done = asyncio.Semaphore(AT_ONCE), 0

        async def see_to(character: Character) -> _Outcome:
            nonlocal done
            async with room:
                outcome = await self._outcome(version, book, character, commission, last)
                done += 1
                spent = f", {commission.told()}" if commission else ""
                await report(done / len(chosen), f"{done} of {len(chosen)} personas{spent}")
                return outcome

        outcomes = await all_done(see_to(character) for character in chosen)
        warnings = list(_warnings(outcomes))
        if commission and self._write_layers:
            reasons = await self._write_layers.write(story, layers, commission)
            warnings += [f"{NOT_IN_LAYERS} {reason}" for reason in reasons]
        return tuple(warnings)

    async def rewrite(
        self, version: ContentVersion, cast: Cast, title: str, author: str, who: Touched
    ) -> Rewritten:
        """New versions of the personas that no longer fit, for `cast` is to serve from now on.

        Those of `who` themselves as in `write`; of those around them, whose personas name them,
        what was composed by rule, and layers that by this cast tell too much. What a person has
        written stays. Raises StoreUnavailable.
        """
        end = layers_of(await self._books.layout(version), 1)[-1]
        whole, cast = cast, cast.up_to(end)
        outdated = await self._outdated(version, cast, who)
        if not (outdated.own or outdated.around or outdated.beside):
            return Rewritten(warnings=tuple(_left_as_edited(outdated.edited)))
        own = [c for c in cast.characters if c.id in outdated.own]
        text = await text_up_to(self._texts, version, WHOLE_BOOK)
        book = await read_book(cast, text, title, author, own, self._writer, end)
        commission = None
        counts: dict[CharacterId, int] = {}
        if self._writer and self._write_layers:
            commission = Commission(self._writer, self._budget, self._metrics)
            story = Story(version, whole, text, title, author)
            telling = await self._write_layers.telling_too_much(story, end, who.around)
            counts = await self._write_layers.rewrite(
                story, end, who.themselves | telling, commission
            )
            for id_ in telling & outdated.beside.keys():  # the whole book's stays the highest
                kept = outdated.beside[id_]
                await self._personas.put(version, replace(kept, number=counts[id_] + 1))
            outdated.own.update(
                (id_, max(number, counts.get(id_, 0) + 1)) for id_, number in outdated.own.items()
            )
        room = asyncio.Semaphore(AT_ONCE)

        async def see_to(character: Character) -> _Outcome:
            number = outdated.own[character.id]
            async with room:
                return await self._outcome(
                    version, book, character, commission, number, is_rewriting=True
                )

        outcomes = await all_done(see_to(character) for character in own)
        renewed = [o.character.id for o in outcomes if not o.failure]
        for character, kept in outdated.around:
            number = max(kept.number, counts.get(character.id, 0)) + 1
            persona = await book.composed(character, self._clock(), number)
            if persona.prompt != kept.prompt or number > kept.number + 1:
                await self._put(version, character, persona)
                renewed.append(character.id)
        warnings = (*_warnings(outcomes), *_left_as_edited(outdated.edited))
        return Rewritten(tuple(renewed), warnings)

    async def _outdated(self, version: ContentVersion, cast: Cast, who: Touched) -> _Outdated:
        expected = {c.id for c in self._chosen(cast)}
        found = _Outdated()
        for character in cast.characters:
            if character.id not in who.themselves | who.around:
                continue
            kept = await self._personas.latest(version, character.id, WHOLE_BOOK)
            if character.id in who.around:
                if kept and kept.origin is PersonaOrigin.PROFILE:
                    found.around.append((character, kept))
                elif kept:
                    found.beside[character.id] = kept
            elif kept is None:
                if character.id in expected:
                    found.own[character.id] = FIRST
            elif kept.origin is PersonaOrigin.EDITED:
                found.edited.append(character)
            else:
                found.own[character.id] = kept.number + 1
        return found

    async def estimate(
        self, cast: Cast, text: str, layout: BookLayout, title: str, author: str
    ) -> PersonaEstimate:
        """Before anything is asked or kept."""
        *early, end = layers_of(layout, self._layers)
        known = cast.up_to(end)
        chosen = self._chosen(known)
        if self._writer is None or self._write_layers is None:
            return PersonaEstimate(len(chosen))
        book = await read_book(known, text, title, author, chosen, self._writer, end)
        story = Story(ContentVersion(BookId(""), 0), cast, text, title, author)
        layers = await self._write_layers.plan(
            story, early, frozenset(c.id for c in chosen), self._min_quotes
        )
        usage = _usage_of(book, self._writer) + await self._write_layers.estimate(story, layers)
        prices = self._budget.prices
        return PersonaEstimate(
            characters=len(chosen),
            usage=usage,
            model=self._writer.model_name,
            usd=prices.cost(usage) if prices else None,
            is_within_budget=self._budget.allows(usage),
        )

    def _chosen(self, cast: Cast) -> list[Character]:
        speaking = [c for c in cast.characters if c.quote_count >= self._min_quotes]
        speaking.sort(key=lambda c: (-c.quote_count, -c.mention_count))
        return speaking[: self._max_characters]

    def _announced(
        self, book: BookReading, layers: Sequence[Layer], usage: Usage, writer: PersonaWriter
    ) -> str:
        cost = told(usage, self._budget.prices)
        count = len(book.briefs) + sum(len(layer.characters) for layer in layers)
        return f"{count} personas by {writer.model_name}: at most {cost}"

    async def _outcome(
        self,
        version: ContentVersion,
        book: BookReading,
        character: Character,
        commission: Commission | None,
        number: int,
        *,
        is_rewriting: bool = False,
    ) -> _Outcome:
        # Gathered, so that whatever goes wrong with one character is a value, not the end of all.
        (result,) = await asyncio.gather(
            self._write(version, book, character, commission, number, is_rewriting),
            return_exceptions=True,
        )
        if isinstance(result, StoreUnavailable):
            raise result
        self._metrics.character_processed(
            "failed" if isinstance(result, BaseException) else "completed"
        )
        if isinstance(result, BaseException):
            return _Outcome(character, failure=reason_of(result))
        return _Outcome(character, remark=result)

    async def _write(
        self,
        version: ContentVersion,
        book: BookReading,
        character: Character,
        commission: Commission | None,
        number: int,
        is_rewriting: bool,
    ) -> _Remark | None:
        persona, remark = await self._asked(
            version, book, character, commission, number, is_rewriting
        )
        if persona is None:
            persona = await book.composed(character, self._clock(), number)
        await self._put(version, character, persona)
        return remark

    async def _put(self, version: ContentVersion, character: Character, persona: Persona) -> None:
        await self._personas.put(version, persona)
        await self._archive.write(version.book_id, character.name, persona.prompt)

    async def _asked(
        self,
        version: ContentVersion,
        book: BookReading,
        character: Character,
        commission: Commission | None,
        number: int,
        is_rewriting: bool,
    ) -> tuple[Persona | None, _Remark | None]:
        """The persona by the model, now or in a run before this one, if there is one."""
        brief = book.briefs.get(character.id)
        if commission is None or brief is None:
            return None, None
        if not is_rewriting:
            kept = await self._personas.latest(version, character.id, book.through)
            if kept and kept.origin is PersonaOrigin.MODEL and kept.through == book.through:
                commission.already_paid(brief)
                return kept, None
        outcome = await commission.portrait(brief)
        if isinstance(outcome, Declined):
            return None, _Remark("Composed by rule, without the language model", outcome.reason)
        persona = await book.written(character, outcome, self._clock(), number)
        if other := outcome.replaced:
            return persona, _Remark(
                f"Written by {other.by}, in place of {commission.model}", other.reason
            )
        return persona, None


def _left_as_edited(characters: Sequence[Character]) -> Iterator[str]:
    if characters:
        names = ", ".join(c.name for c in characters)
        yield f"Left as a person has written them: the personas of {names}."


def _usage_of(book: BookReading, writer: PersonaWriter) -> Usage:
    return sum((writer.estimate(brief) for brief in book.briefs.values()), Usage())


def _warnings(outcomes: Sequence[_Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.failure:
            name = outcome.character.name
            yield f"The persona of {name} could not be written: {outcome.failure}"
    named: defaultdict[_Remark, list[str]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.remark:
            named[outcome.remark].append(outcome.character.name)
    for remark, names in named.items():
        yield f"{remark.what}: {', '.join(names)}. {remark.reason}"
