"""A book's personas where a language model is set up: who is written, composed, or left out."""

import asyncio
from dataclasses import replace

import pytest

from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.memory.personas import MemoryPersonaRepository
from adapters.outbound.memory.prompt_archive import MemoryPromptArchive
from adapters.outbound.memory.text_model import Script, Scripted, ScriptedTextModel
from adapters.outbound.memory.texts import MemoryTextStore
from adapters.outbound.memory.token_counter import WordCounter
from application.persona_writer import PersonaWriter
from application.ports.chat_model import ModelReplaced
from application.ports.text_model import TextAnswer, TextRequest
from application.retrying import Patience
from application.write_layers import AT_ONCE
from application.write_personas import WritePersonas
from domain.book import ContentVersion
from domain.cast import Cast
from domain.errors import (
    LeaseLost,
    ModelRefused,
    ModelUnavailable,
    StoreUnavailable,
)
from domain.ids import CharacterId, QuoteId
from domain.persona import Persona, PersonaOrigin
from domain.spending import NO_LIMIT, Budget, Prices
from domain.turn import FinishReason, Usage
from tests.unit.conversation.analyst import PORTRAIT, name_in, scripted_writer
from tests.unit.conversation.stage import until
from tests.unit.conversation.story import BOOK_ID, FENN, MERE, NOON, VERSION, the_story

PATIENCE = Patience(attempts=2, first_pause=0.0, longest_pause=0.0)
BY_RULE = "Composed by rule, without the language model"


class Desk:
    """The book, and whoever writes about its people."""

    def __init__(
        self,
        script: Script = scripted_writer,
        *,
        budget: Budget = NO_LIMIT,
        personas: MemoryPersonaRepository | None = None,
        layers: int = 1,
    ) -> None:
        self.layers = layers
        self.story = the_story()
        self.model = ScriptedTextModel(script, name="vendor/model")
        self.books = MemoryBookRepository()
        self.casts = MemoryCastRepository()
        self.texts = MemoryTextStore()
        self.personas = personas or MemoryPersonaRepository()
        self.archive = MemoryPromptArchive()
        self.metrics = MemoryMetrics()
        self.reports: list[str] = []
        self.budget = budget

    def crowd(self, size: int) -> None:
        """Mrs. Mere, as many times, under other names."""
        cast = self.story.cast
        mere = cast.character(MERE)
        assert mere is not None
        sailors = [
            replace(mere, id=CharacterId(f"sailor-{n}"), name=f"Sailor {n}") for n in range(size)
        ]
        self.story = replace(
            self.story,
            cast=Cast(
                characters=tuple(
                    replace(s, aliases=(replace(mere.aliases[0], text=s.name),)) for s in sailors
                ),
                quotes=tuple(
                    replace(quote, id=QuoteId(f"{quote.id} {sailor.id}"), speaker_id=sailor.id)
                    for sailor in sailors
                    for quote in cast.quotes
                    if quote.speaker_id == MERE
                ),
            ),
        )

    @property
    def writer(self) -> PersonaWriter:
        return PersonaWriter(
            model=self.model,
            tokens=WordCounter(),
            patience=PATIENCE,
        )

    @property
    def write_personas(self) -> WritePersonas:
        return WritePersonas(
            books=self.books,
            casts=self.casts,
            texts=self.texts,
            personas=self.personas,
            archive=self.archive,
            metrics=self.metrics,
            clock=lambda: NOON,
            min_quotes=1,
            writer=self.writer,
            budget=self.budget,
            layers=self.layers,
        )

    async def write(self) -> tuple[str, ...]:
        await self.casts.put(VERSION, self.story.cast)
        await self.texts.put(VERSION, self.story.text)
        await self.books.put_layout(VERSION, self.story.layout)
        return await self.write_personas.write(VERSION, "The Ferry Woman", "Nobody", self._report)

    async def _report(self, fraction: float, detail: str) -> None:
        self.reports.append(detail)

    async def tokens_at_most(self) -> int:
        story = self.story
        estimate = await self.write_personas.estimate(story.cast, story.text, story.layout, "", "")
        return estimate.usage.total

    def persona(self, who: CharacterId) -> Persona:
        return self.personas.personas[VERSION, who, 1]

    @property
    def origins(self) -> dict[CharacterId, PersonaOrigin]:
        return {who: p.origin for (_, who, _), p in self.personas.personas.items()}


def all_but(name: str, instead: Scripted) -> Script:
    def answer(request: TextRequest) -> Scripted:
        return instead if name_in(request) == name else scripted_writer(request)

    return answer


async def test_the_model_writes_about_what_the_character_is_and_we_about_how_to_stay_so() -> None:
    desk = Desk()

    assert await desk.write() == ()

    persona = desk.persona(MERE)
    assert persona.origin is PersonaOrigin.MODEL
    assert PORTRAIT.format(name="Mrs. Mere") in persona.prompt
    assert "Never step out of the part" in persona.prompt
    assert "The book says “she” of you." in persona.prompt
    assert "“Ropes before weather, Mr. Fenn." in persona.prompt
    assert await desk.archive.read(BOOK_ID, "Mrs. Mere") == persona.prompt
    assert {t.label for t in persona.traits} >= {"psychology", "voice", "themes", "own lines"}
    assert all(trait.evidence for trait in persona.traits)
    assert all(persona.through.sees(place) for t in persona.traits for place in t.evidence)
    assert desk.metrics.characters == ["completed", "completed"]


async def test_what_it_costs_is_told_before_and_counted_as_it_is_spent() -> None:
    desk = Desk(budget=Budget(prices=Prices(input=2.0, output=8.0)))

    await desk.write()

    assert desk.reports[0].startswith("2 personas by vendor/model: at most ")
    used = sum((usage for _, usage in desk.metrics.model_use), Usage())
    assert {purpose for purpose, _ in desk.metrics.model_use} == {"persona"}
    cost = (2 * used.prompt_tokens + 8 * used.completion_tokens) / 1_000_000
    assert desk.reports[-1] == f"2 of 2 personas, {used.total:,} tokens, {cost:.2f} USD"


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (ModelRefused("The model would not."), "The model would not."),
        (ModelUnavailable("The model is away."), "The model is away."),
        ("no JSON", "The model's analysis is no JSON."),
        (ValueError("what a reader said"), "ValueError"),
    ],
)
async def test_one_whom_the_model_fails_is_composed_by_rule_and_the_book_says_so(
    trouble: Scripted, reason: str
) -> None:
    desk = Desk(all_but("Mrs. Mere", trouble))

    (warning,) = await desk.write()

    assert warning == f"{BY_RULE}: Mrs. Mere. {reason}"
    assert desk.origins == {MERE: PersonaOrigin.PROFILE, FENN: PersonaOrigin.MODEL}
    assert desk.metrics.characters == ["completed", "completed"]


async def test_a_model_that_is_away_is_not_asked_for_everybody() -> None:
    desk = Desk([ModelUnavailable("The model is away.")])
    desk.crowd(3 * AT_ONCE)

    (warning,) = await desk.write()

    assert warning.startswith(f"{BY_RULE}: Sailor ")
    assert warning.endswith(". The model is away.")
    assert list(desk.origins.values()) == [PersonaOrigin.PROFILE] * (3 * AT_ONCE)
    assert len(desk.model.requests) == AT_ONCE * PATIENCE.attempts


async def test_a_persona_by_a_second_model_is_told_of() -> None:
    answer = ModelReplaced("other/model", "The first is away.")

    def script(request: TextRequest) -> Scripted:
        return TextAnswer(scripted_writer(request), FinishReason.STOP, Usage(1, 1), answer)

    desk = Desk(script)

    assert await desk.write() == (
        "Written by other/model, in place of vendor/model: Mr. Fenn, Mrs. Mere. The first is away.",
    )


# The budget


async def test_beyond_the_budget_they_are_composed_by_rule_and_listed() -> None:
    desk = Desk()
    tokens = int(0.6 * await desk.tokens_at_most())
    desk.budget = Budget(tokens=tokens)

    (warning,) = await desk.write()

    assert desk.origins == {FENN: PersonaOrigin.MODEL, MERE: PersonaOrigin.PROFILE}
    assert warning == (
        f"{BY_RULE}: Mrs. Mere. The budget of {tokens:,} tokens for a book does not reach further."
    )
    assert {name_in(request) for request in desk.model.requests} == {"Mr. Fenn"}


async def test_a_budget_in_dollars_that_reaches_for_nobody_asks_no_model() -> None:
    desk = Desk(budget=Budget(usd=0.000001, prices=Prices(1.0, 1.0)))

    (warning,) = await desk.write()

    assert "The budget of 0.00 USD" in warning
    assert desk.model.requests == []


def test_a_budget_in_dollars_without_prices_is_refused() -> None:
    with pytest.raises(ValueError, match="prices"):
        Budget(usd=1.0)


async def test_an_estimate_asks_and_keeps_nothing() -> None:
    desk = Desk(budget=Budget(tokens=10, prices=Prices(input=1.0, output=1.0)))

    estimate = await desk.write_personas.estimate(
        desk.story.cast, desk.story.text, desk.story.layout, "The Ferry Woman", "Nobody"
    )

    assert (estimate.characters, estimate.model) == (2, "vendor/model")
    assert estimate.usd == pytest.approx(estimate.usage.total / 1_000_000)
    assert not estimate.is_within_budget
    assert desk.model.requests == []
    assert desk.personas.personas == {}


# Killed, cancelled, fenced off


async def test_a_killed_run_is_not_paid_for_again() -> None:
    desk = Desk()
    await desk.write()
    fenn = desk.persona(FENN)
    del desk.personas.personas[VERSION, MERE, 1]
    desk.model = ScriptedTextModel(scripted_writer)

    assert await desk.write() == ()

    assert {name_in(request) for request in desk.model.requests} == {"Mrs. Mere"}
    assert desk.persona(FENN) == fenn
    assert desk.persona(MERE).origin is PersonaOrigin.MODEL
    assert await desk.archive.read(BOOK_ID, "Mr. Fenn") == fenn.prompt


async def test_what_a_killed_run_has_spent_counts_against_the_budget() -> None:
    desk = Desk()
    await desk.write()
    del desk.personas.personas[VERSION, MERE, 1]
    desk.budget = Budget(tokens=int(0.6 * await desk.tokens_at_most()))

    (warning,) = await desk.write()

    assert "Mrs. Mere" in warning
    assert desk.persona(FENN).origin is PersonaOrigin.MODEL


async def test_one_who_was_composed_in_a_killed_run_is_asked_for_again() -> None:
    desk = Desk(["no JSON"])
    await desk.write()
    desk.model = ScriptedTextModel(scripted_writer)

    assert await desk.write() == ()

    assert set(desk.origins.values()) == {PersonaOrigin.MODEL}


class AwayPersonas(MemoryPersonaRepository):
    async def put(self, version: ContentVersion, persona: Persona) -> None:
        raise StoreUnavailable("The store is away.")


async def test_a_store_that_is_away_ends_it_at_once_whoever_else_is_being_written() -> None:
    desk = Desk(all_but("Mrs. Mere", asyncio.Event()), personas=AwayPersonas())

    with pytest.raises(StoreUnavailable):
        await desk.write()


async def test_a_lost_lease_ends_it_at_once() -> None:
    desk = Desk(all_but("Mrs. Mere", asyncio.Event()))

    async def report(fraction: float, detail: str) -> None:
        if fraction:
            raise LeaseLost("Another worker has the job.")

    desk._report = report  # type: ignore[method-assign]

    with pytest.raises(LeaseLost):
        await desk.write()


async def test_cancelling_stops_what_is_being_asked() -> None:
    desk = Desk([asyncio.Event()])
    running = asyncio.create_task(desk.write())
    await until(lambda: len(desk.model.requests) == 2)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert desk.personas.personas == {}


async def test_only_so_many_are_asked_for_at_once() -> None:
    desk = Desk()
    desk.crowd(3 * AT_ONCE)

    await desk.write()

    assert desk.model.at_once == AT_ONCE
    assert len(desk.origins) == 3 * AT_ONCE
