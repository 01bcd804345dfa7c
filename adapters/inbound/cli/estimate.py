"""`falsafa add --estimate`: what a book will cost, before it is taken in."""

from collections.abc import Iterator
from pathlib import Path

from dependency_injector.wiring import Provide, inject

from application.estimate_ingest import EstimateIngest, IngestEstimate
from application.write_personas import PersonaEstimate
from domain.errors import InvalidInput


@inject
async def estimate_file(
    source: str, estimate_ingest: EstimateIngest = Provide["estimate_ingest"]
) -> IngestEstimate:
    path = Path(source)
    if not path.is_file():
        raise InvalidInput(f"There is no file {source}; only a file can be estimated.")
    return await estimate_ingest.estimate(path, path.name)


def lines_of(estimate: IngestEstimate) -> Iterator[str]:
    yield f"{estimate.title}:"
    yield from _of_personas(estimate.personas)
    if estimate.embedder:
        yield f"embedding by {estimate.embedder}: about {estimate.embedding_tokens:,} tokens"
    else:
        yield "embedding on this machine: nothing"


def _of_personas(personas: PersonaEstimate) -> Iterator[str]:
    if not personas.model:
        yield f"{personas.characters} personas by rule: nothing"
        return
    read, written = personas.usage.prompt_tokens, personas.usage.completion_tokens
    yield (
        f"{personas.characters} personas by {personas.model}:"
        f" at most {read:,} tokens read and {written:,} written"
    )
    if personas.usd is None:
        yield "no price is set: FALSAFA_LLM_PRICE_INPUT and FALSAFA_LLM_PRICE_OUTPUT"
    else:
        yield f"at most {personas.usd:.2f} USD for the personas"
    if not personas.is_within_budget:
        yield "more than the budget: those beyond it will be composed by rule"
