import pytest

from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.memory.personas import MemoryPersonaRepository
from adapters.outbound.memory.prompt_archive import MemoryPromptArchive
from adapters.outbound.memory.texts import MemoryTextStore
from application.write_personas import WritePersonas
from domain.book import ContentVersion
from domain.cast import Cast
from domain.errors import Misconfigured, StoreUnavailable
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from domain.persona import Persona
from tests.unit.conversation.story import BOOK_ID, FENN, GREY, MERE, NOON, VERSION, the_story


class FailingPersonas(MemoryPersonaRepository):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def put(self, version: ContentVersion, persona: Persona) -> None:
        if persona.character_id == FENN:
            raise self.error
        await super().put(version, persona)


class Desk:
    def __init__(
        self, personas: MemoryPersonaRepository | None = None, max_characters: int = 20
    ) -> None:
        self.story = the_story()
        self.books = MemoryBookRepository()
        self.casts = MemoryCastRepository()
        self.texts = MemoryTextStore()
        self.personas = personas or MemoryPersonaRepository()
        self.archive = MemoryPromptArchive()
        self.metrics = MemoryMetrics()
        self.reports: list[tuple[float, str]] = []
        self.write_personas = WritePersonas(
            books=self.books,
            casts=self.casts,
            texts=self.texts,
            personas=self.personas,
            archive=self.archive,
            metrics=self.metrics,
            clock=lambda: NOON,
            max_characters=max_characters,
            min_quotes=3,
        )

    async def write(self, cast: Cast | None = None) -> tuple[str, ...]:
        await self.casts.put(VERSION, self.story.cast if cast is None else cast)
        await self.texts.put(VERSION, self.story.text)
        await self.books.put_layout(VERSION, self.story.layout)

        async def report(fraction: float, detail: str) -> None:
            self.reports.append((fraction, detail))

        return await self.write_personas.write(VERSION, "The Ferry Woman", "Nobody", report)


async def test_those_who_speak_get_a_persona_from_the_whole_book() -> None:
    desk = Desk()

    assert await desk.write() == ()

    assert set(desk.personas.personas) == {(VERSION, MERE, 1), (VERSION, FENN, 1)}
    persona = desk.personas.personas[VERSION, FENN, 1]
    assert persona.through == Frontier(len(desk.story.text))
    assert persona.fits(WHOLE_BOOK)
    assert "also called Grey" in persona.prompt
    assert GREY not in {who for _, who, _ in desk.personas.personas}
    assert await desk.archive.read(BOOK_ID, "Mr. Fenn") == persona.prompt
    assert desk.metrics.characters == ["completed", "completed"]
    assert desk.reports == [(0.5, "1 of 2 personas"), (1.0, "2 of 2 personas")]


async def test_writing_again_overwrites_and_changes_nothing() -> None:
    desk = Desk()
    await desk.write()
    first = dict(desk.personas.personas)

    await desk.write()

    assert desk.personas.personas == first


async def test_only_so_many_of_those_who_say_most_are_written() -> None:
    desk = Desk(max_characters=1)

    await desk.write()

    assert list(desk.personas.personas) == [(VERSION, FENN, 1)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Misconfigured("No key is set."), "No key is set."), (ValueError("secret"), "ValueError")],
)
async def test_one_who_fails_becomes_a_warning_and_the_others_are_written(
    error: Exception, reason: str
) -> None:
    desk = Desk(FailingPersonas(error))

    assert await desk.write() == (f"The persona of Mr. Fenn could not be written: {reason}",)

    assert list(desk.personas.personas) == [(VERSION, MERE, 1)]
    assert sorted(desk.metrics.characters) == ["completed", "failed"]


async def test_a_store_that_is_away_fails_the_whole_so_that_it_is_tried_again() -> None:
    desk = Desk(FailingPersonas(StoreUnavailable("The store is away.")))

    with pytest.raises(StoreUnavailable):
        await desk.write()


async def test_a_book_in_which_nobody_speaks_needs_no_personas() -> None:
    desk = Desk()

    assert await desk.write(Cast()) == ()
    assert desk.reports == []
    assert VERSION.book_id == BookId(BOOK_ID)
