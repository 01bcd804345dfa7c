import asyncio
from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from adapters.outbound.memory.cache import MemoryCache
from adapters.outbound.memory.casts import MemoryCastRepository
from application import interlocutor as module
from application.interlocutor import Interlocutors
from domain.book import ContentVersion
from domain.cast import Cast
from domain.errors import CharacterNotFound, StoreUnavailable
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId
from domain.interlocutor import Interlocutor
from domain.persona import Persona, PersonaOrigin
from tests.unit.conversation.stage import Stage
from tests.unit.conversation.story import FENN, GREY, MERE, VERSION


class CountingCasts(MemoryCastRepository):
    reads = 0

    async def get(self, version: ContentVersion, up_to: Frontier) -> Cast:
        self.reads += 1
        return await super().get(version, up_to)


class Salon:
    def __init__(self) -> None:
        self.stage = Stage()
        self.casts = CountingCasts()
        self.interlocutors = Interlocutors(
            casts=self.casts,
            texts=self.stage.texts,
            passages=self.stage.passages,
            personas=self.stage.personas,
            clock=self.stage.clock,
        )

    async def meet(self, who: CharacterId | None, frontier: Frontier = WHOLE_BOOK) -> Interlocutor:
        return await self.interlocutors.meet(self.stage.story.book, VERSION, who, frontier)


@pytest.fixture
async def salon() -> Salon:
    salon = Salon()
    await salon.stage.set()
    await salon.casts.put(VERSION, salon.stage.story.cast)
    return salon


async def test_many_readers_at_one_page_wait_for_one_profile(salon: Salon) -> None:
    met = await asyncio.gather(*(salon.meet(MERE) for _ in range(10)))

    assert all(m is met[0] for m in met)
    assert salon.casts.reads == 1


async def test_a_cast_that_was_put_right_is_met_anew(salon: Salon) -> None:
    await salon.meet(MERE)
    cast = salon.stage.story.cast
    renamed = tuple(replace(c, name=c.aliases[-1].text) for c in cast.characters)
    await salon.casts.put(VERSION, replace(cast, characters=renamed))

    met = await salon.meet(MERE)

    assert met.character is not None
    assert met.character.name == next(c.name for c in renamed if c.id == MERE)
    assert salon.casts.reads == 2


async def test_each_page_has_its_own(salon: Salon) -> None:
    page = salon.stage.story.after("for the bridge.")

    whole, part = await salon.meet(FENN), await salon.meet(FENN, page)

    assert "Grey" in whole.names
    assert "Grey" not in part.names
    assert all(page.sees(line.span) for line in part.lines)
    assert len(whole.lines) > len(part.lines)


async def test_those_met_longest_ago_are_forgotten(
    salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    for who in (MERE, FENN, MERE, None, MERE):
        await salon.meet(who)
    assert salon.casts.reads == 3

    await salon.meet(FENN)

    assert salon.casts.reads == 4


async def test_one_who_cannot_be_met_is_not_remembered(salon: Salon) -> None:
    page = salon.stage.story.after("for the bridge.")
    for _ in range(2):
        with pytest.raises(CharacterNotFound):
            await salon.meet(GREY, page)


async def test_a_line_that_no_passage_holds_whole_has_no_place(salon: Salon) -> None:
    story = salon.stage.story
    await salon.stage.passages.put(VERSION, [p for p in story.passages if "floats" in p.text])

    mere = await salon.meet(MERE)

    assert [span.of(story.text) for span in mere.passage_of_line] == ["I fear nothing that floats."]


# Shared with other processes


class AwayCache(MemoryCache):
    async def get(self, key: str) -> bytes | None:
        raise StoreUnavailable("The cache is away.")

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        raise StoreUnavailable("The cache is away.")


def process(salon: Salon, cache: MemoryCache) -> Salon:
    """Another process beside the same stores."""
    other = Salon()
    other.stage, other.casts = salon.stage, salon.casts
    other.interlocutors = Interlocutors(
        casts=salon.casts,
        texts=salon.stage.texts,
        passages=salon.stage.passages,
        personas=salon.stage.personas,
        clock=salon.stage.clock,
        cache=cache,
    )
    return other


def told(who: Interlocutor) -> dict[str, object]:
    return {f.name: getattr(who, f.name) for f in fields(who) if f.name != "wordings"}


async def test_whom_one_process_has_met_another_knows(salon: Salon) -> None:
    cache = MemoryCache()

    for who, frontier in ((FENN, WHOLE_BOOK), (MERE, salon.stage.story.after("by day."))):
        met = await process(salon, cache).meet(who, frontier)
        reads = salon.casts.reads
        known = await process(salon, cache).meet(who, frontier)

        assert told(known) == told(met)
        assert known.wordings.fits("ropes and weather") == met.wordings.fits("ropes and weather")
        assert salon.casts.reads == reads
    assert set(cache.values) == {f"chat:char:{FENN}", f"chat:char:{MERE}"}


async def test_nobody_is_shared_with_a_reader_of_another_page_or_a_book_of_other_content(
    salon: Salon,
) -> None:
    cache, book = MemoryCache(), salon.stage.story.book
    page = salon.stage.story.after("for the bridge.")
    await process(salon, cache).meet(FENN)

    part = await process(salon, cache).meet(FENN, page)
    reads = salon.casts.reads
    await process(salon, cache).interlocutors.meet(
        replace(book, content_hash="another"), VERSION, FENN, page
    )

    assert "Grey" not in part.names
    assert salon.casts.reads == reads + 1


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: b"",
        lambda kept: b"\xff",
        lambda kept: b"[]",
        lambda kept: b'{"of": null}',
        lambda kept: kept.replace(b'"persona":"', b'"person":"'),
        lambda kept: kept.replace(b'"lines":[[', b'"lines":[[[],'),
        lambda kept: kept.replace(b'"telling":[', b'"telling":[999,'),
        lambda kept: kept.replace(b'"gender":"M"', b'"gender":"X"'),
    ],
)
async def test_a_shared_value_of_another_form_is_a_miss(
    salon: Salon, change: Callable[[bytes], bytes]
) -> None:
    cache = MemoryCache()
    met = await process(salon, cache).meet(FENN)
    kept = await cache.get(f"chat:char:{FENN}")
    assert kept is not None
    assert change(kept) != kept
    await cache.set(f"chat:char:{FENN}", change(kept), 60.0)

    again = await process(salon, cache).meet(FENN)

    assert told(again) == told(met)


async def test_a_cache_that_is_away_shares_nobody_and_hinders_nothing(salon: Salon) -> None:
    met = await process(salon, AwayCache()).meet(MERE)

    assert met.character is not None
    assert salon.casts.reads == 1


async def test_a_persona_that_was_composed_is_composed_by_the_cast_as_it_is_now(
    salon: Salon,
) -> None:
    early = salon.stage.story.after("for the bridge.")
    met = await salon.meet(MERE, early)
    kept = Persona(MERE, 7, "By an older cast.", early, PersonaOrigin.PROFILE, salon.stage.clock())
    await salon.stage.personas.put(VERSION, kept)
    assert await salon.interlocutors.persona(VERSION, met, early) == met.persona

    for origin in (PersonaOrigin.MODEL, PersonaOrigin.EDITED):
        await salon.stage.personas.put(VERSION, replace(kept, origin=origin))
        assert await salon.interlocutors.persona(VERSION, met, early) == kept.prompt
