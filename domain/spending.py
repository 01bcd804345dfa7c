"""What language models cost: tokens, prices, and how much may be spent."""

from __future__ import annotations

from dataclasses import dataclass

from domain.turn import Usage

_A_PRICE_IS_FOR = 1_000_000  # tokens


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per million tokens."""

    input: float
    output: float

    def cost(self, usage: Usage) -> float:
        tokens = usage.prompt_tokens * self.input + usage.completion_tokens * self.output
        return tokens / _A_PRICE_IS_FOR


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be spent on one book; None: no limit. A limit in USD needs prices."""

    tokens: int | None = None
    usd: float | None = None
    prices: Prices | None = None

    def __post_init__(self) -> None:
        if self.usd is not None and self.prices is None:
            raise ValueError("a budget in USD needs the model's prices")

    def allows(self, usage: Usage) -> bool:
        if self.tokens is not None and usage.total > self.tokens:
            return False
        return self.usd is None or self.prices is None or self.prices.cost(usage) <= self.usd

    def __str__(self) -> str:
        limits = []
        if self.tokens is not None:
            limits.append(f"{self.tokens:,} tokens")
        if self.usd is not None:
            limits.append(f"{self.usd:.2f} USD")
        return " and ".join(limits) or "no limit"


NO_LIMIT = Budget()


def told(usage: Usage, prices: Prices | None) -> str:
    """ "84,000 tokens", with prices "84,000 tokens, 0.42 USD"."""
    tokens = f"{usage.total:,} tokens"
    return f"{tokens}, {prices.cost(usage):.2f} USD" if prices else tokens
