from pathlib import Path

import pytest

from adapters.inbound.cli.estimate import lines_of
from adapters.outbound.memory.text_model import ScriptedTextModel
from adapters.outbound.memory.token_counter import WordCounter
from application.estimate_ingest import EstimateIngest, IngestEstimate
from application.persona_writer import PersonaWriter
from application.write_personas import WritePersonas
from domain.spending import NO_LIMIT, Budget, Prices
from tests.unit.application.world import STORY, World


@pytest.fixture
def world() -> World:
    return World()


async def estimate(
    world: World,
    folder: Path,
    *,
    model: ScriptedTextModel | None = None,
    budget: Budget = NO_LIMIT,
    paid_embedder: str | None = None,
) -> IngestEstimate:
    path = folder / "The Lamp.txt"
    path.write_text(STORY, encoding="utf-8")
    write_personas = WritePersonas(
        books=world.books,
        casts=world.casts,
        texts=world.texts,
        personas=world.personas,
        archive=world.prompts,
        metrics=world.metrics,
        clock=world.clock,
        min_quotes=1,
        writer=PersonaWriter(model=model, tokens=WordCounter()) if model else None,
        budget=budget,
    )
    use_case = EstimateIngest(
        parser=world.parser,
        extractor=world.extractor,
        write_personas=write_personas,
        tokens=WordCounter(),
        paid_embedder=paid_embedder,
    )
    return await use_case.estimate(path, path.name)


async def test_without_paid_parts_a_book_costs_nothing(world: World, tmp_path: Path) -> None:
    found = await estimate(world, tmp_path)

    assert (found.personas.characters, found.personas.usage.total) == (2, 0)
    assert [line for line in lines_of(found) if line.endswith(": nothing")] == [
        "2 personas by rule: nothing",
        "embedding on this machine: nothing",
    ]


async def test_paid_parts_are_told_in_tokens_and_dollars_and_nothing_is_asked_or_kept(
    world: World, tmp_path: Path
) -> None:
    model = ScriptedTextModel(["never asked"], name="vendor/model")
    budget = Budget(tokens=100, prices=Prices(input=1.0, output=2.0))

    found = await estimate(world, tmp_path, model=model, budget=budget, paid_embedder="vendor/wide")

    usage = found.personas.usage
    assert usage.prompt_tokens > 0
    assert found.personas.usd == (usage.prompt_tokens + 2 * usage.completion_tokens) / 1e6
    assert found.embedding_tokens >= WordCounter().count(STORY)
    told = "\n".join(lines_of(found))
    assert f"2 personas by vendor/model: at most {usage.prompt_tokens:,} tokens read" in told
    assert "embedding by vendor/wide: about" in told
    assert "more than the budget" in told
    assert model.requests == []
    assert world.casts.casts == {}
    assert world.books.books == {}


async def test_a_missing_price_is_told_with_the_setting_to_add(
    world: World, tmp_path: Path
) -> None:
    found = await estimate(world, tmp_path, model=ScriptedTextModel(["never asked"]))

    assert found.personas.usd is None
    assert any("FALSAFA_LLM_PRICE_INPUT" in line for line in lines_of(found))
