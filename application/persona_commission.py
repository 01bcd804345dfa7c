"""One book's personas, asked of a language model as far as the budget goes."""

import asyncio
from dataclasses import dataclass

from application.persona_writer import Brief, PersonaWriter, Portrait
from application.ports.metrics import Metrics
from domain.errors import FalsafaError, ModelNotServed, ModelUnavailable
from domain.spending import Budget, told
from domain.turn import Usage


@dataclass(frozen=True, slots=True)
class Declined:
    """Why the model has not written a persona: a sentence."""

    reason: str


class Commission:
    """Holds back what each answer may cost at most before it is asked for, so that characters who
    are written at once don't overdraw the budget together."""

    def __init__(self, writer: PersonaWriter, budget: Budget, metrics: Metrics) -> None:
        self._writer = writer
        self._budget = budget
        self._metrics = metrics
        self._held_back = Usage()
        self._model_is_away: Declined | None = None
        self.spent = Usage()

    @property
    def model(self) -> str:
        return self._writer.model_name

    def already_paid(self, brief: Brief) -> None:
        """A run that was killed has paid for this one; about how much, its brief tells."""
        self.spent += self._writer.estimate(brief)

    async def portrait(self, brief: Brief) -> Portrait | Declined:
        """A model that is away is not asked again for the others: each would wait as long."""
        if self._model_is_away:
            return self._model_is_away
        estimate = self._writer.estimate(brief)
        if not self._budget.allows(self.spent + self._held_back + estimate):
            return Declined(f"The budget of {self._budget} for a book does not reach further.")
        self._held_back += estimate
        # Gathered, so that an error of any kind is a value, and being cancelled is not.
        (outcome,) = await asyncio.gather(
            self._writer.write(brief, self._spend), return_exceptions=True
        )
        self._held_back = _without(self._held_back, estimate)
        if isinstance(outcome, Portrait):
            return outcome
        declined = Declined(reason_of(outcome))
        if isinstance(outcome, ModelUnavailable | ModelNotServed):
            self._model_is_away = declined
        return declined

    def told(self) -> str:
        """What was spent so far: "84,000 tokens, 0.42 USD"."""
        return told(self.spent, self._budget.prices)

    def _spend(self, usage: Usage) -> None:
        self.spent += usage
        self._metrics.model_used("persona", usage)


def reason_of(failure: BaseException) -> str:
    """Of errors that nobody foresaw the name alone: their words might hold anything."""
    return failure.message if isinstance(failure, FalsafaError) else type(failure).__name__


def _without(usage: Usage, part: Usage) -> Usage:
    return Usage(
        usage.prompt_tokens - part.prompt_tokens,
        usage.completion_tokens - part.completion_tokens,
    )
