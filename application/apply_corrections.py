"""Bring a content version in step with what people have put right in its book's cast."""

import asyncio
from dataclasses import dataclass

from application.corrected_casts import CorrectedCasts, Replayed
from application.index_passages import IndexPassages
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.write_personas import WritePersonas
from domain.book import ContentVersion
from domain.cast import Cast
from domain.corrected import Problem
from domain.frontier import WHOLE_BOOK
from domain.ids import CharacterId
from domain.span import Span
from domain.touched import touched


@dataclass(frozen=True, slots=True)
class Applied:
    characters: tuple[CharacterId, ...] = ()  # who is another than before
    personas: tuple[CharacterId, ...] = ()  # whose persona was written anew
    passages: tuple[Span, ...] = ()  # that are found under other names
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()  # of the whole log


class ApplyCorrections:
    """What hangs on the cast is put in step first and the cast last, in one step: whoever was cut
    off is known by a cast that is not as it should be, and does it all again."""

    def __init__(
        self,
        *,
        books: BookRepository,
        casts: CastRepository,
        corrected_casts: CorrectedCasts,
        write_personas: WritePersonas,
        index_passages: IndexPassages,
    ) -> None:
        self._books = books
        self._casts = casts
        self._corrected_casts = corrected_casts
        self._write_personas = write_personas
        self._index_passages = index_passages
        self._applying = asyncio.Lock()

    async def apply(self, version: ContentVersion, title: str, author: str) -> Applied:
        """Until no correction came in meanwhile: of several processes that write, the last one
        has then seen them all. Raises StoreUnavailable."""
        applied = Applied()
        async with self._applying:
            replayed, made = await self._corrected_casts.replayed(version), None
            while replayed is not None and replayed.log != made:
                applied = _both(applied, await self._make(version, replayed, title, author))
                made = replayed.log
                replayed = await self._corrected_casts.replayed(version)
        return applied

    async def _make(
        self, version: ContentVersion, replayed: Replayed, title: str, author: str
    ) -> Applied:
        was, cast = await self._casts.whole(version), replayed.outcome.cast
        if cast == was:
            return Applied(problems=replayed.outcome.problems)
        who = await asyncio.to_thread(touched, was, cast)
        layout = await self._books.layout(version)
        known = await asyncio.to_thread(cast.up_to, WHOLE_BOOK)
        passages = await self._index_passages.put_in_context(version, layout, cast)
        rewritten = await self._write_personas.rewrite(version, cast, title, author, who)
        await self._corrected_casts.put(version, cast)
        return Applied(
            characters=_by_prominence(known, who.themselves),
            personas=rewritten.characters,
            passages=passages,
            warnings=rewritten.warnings,
            problems=replayed.outcome.problems,
        )


def _both(first: Applied, then: Applied) -> Applied:
    return Applied(
        characters=tuple(dict.fromkeys((*first.characters, *then.characters))),
        personas=tuple(dict.fromkeys((*first.personas, *then.personas))),
        passages=tuple(sorted({*first.passages, *then.passages})),
        warnings=tuple(dict.fromkeys((*first.warnings, *then.warnings))),
        problems=then.problems,
    )


def _by_prominence(cast: Cast, some: frozenset[CharacterId]) -> tuple[CharacterId, ...]:
    return tuple(c.id for c in cast.characters if c.id in some)
