import asyncio

import pytest

from adapters.outbound.memory.casts import MemoryCastRepository
from application import interlocutor as module
from application.interlocutor import Interlocutor, Interlocutors
from domain.book import ContentVersion
from domain.cast import Cast
from domain.errors import CharacterNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId
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
            books=self.stage.books,
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
