"""What may be spent on one book, as the settings say."""

from bootstrap.settings import Settings
from domain.errors import Misconfigured
from domain.spending import Budget, Prices


def budget_of(settings: Settings) -> Budget:
    """Raises Misconfigured for a limit in USD without the model's prices."""
    read, written = settings.llm_price_input, settings.llm_price_output
    prices = Prices(read, written) if read is not None and written is not None else None
    if settings.ingest_budget_usd is not None and prices is None:
        raise Misconfigured(
            "FALSAFA_INGEST_BUDGET_USD needs the model's prices, in USD for a million tokens. "
            "Add the lines: FALSAFA_LLM_PRICE_INPUT=<price> and FALSAFA_LLM_PRICE_OUTPUT=<price>"
        )
    return Budget(settings.ingest_budget_tokens, settings.ingest_budget_usd, prices)
