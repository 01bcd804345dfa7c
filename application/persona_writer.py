"""Personas by a language model, in two passes: an analysis with its evidence, then a portrait."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from application.persona_requests import ANALYSIS_TOKENS, analysis_request, portrait_request
from application.ports.chat_model import ModelReplaced
from application.ports.text_model import TextAnswer, TextModel, TextRequest
from application.ports.token_counter import TokenCounter
from application.retrying import NOBODY_WAITS, Patience, retried
from domain.errors import ModelFailed
from domain.frontier import Frontier
from domain.persona import Trait
from domain.persona_analysis import read_analysis
from domain.persona_check import fault_of
from domain.persona_evidence import LONGEST_LINE, Exhibit, ExhibitKind, exhibits_of, numbered
from domain.profile import Profile
from domain.prompt_data import one_line
from domain.turn import FinishReason, Usage
from domain.unrevealed import NO_SECRETS, Unrevealed

EVIDENCE_TOKENS = 3_500  # of one character, as counted by us

_EVIDENCE_NUMBER = re.compile(r"\s?\[\d+(?:, ?\d+)*\]")  # in a chat it would cite a passage

Spend = Callable[[Usage], None]


@dataclass(frozen=True, slots=True)
class Brief:
    """All that the model is to know of one character."""

    profile: Profile
    title: str
    author: str
    exhibits: tuple[Exhibit, ...]
    unrevealed: Unrevealed = NO_SECRETS  # names that readers of this persona do not know yet

    @property
    def name(self) -> str:
        return self.profile.character.name

    @property
    def lines(self) -> list[str]:
        """The character's own, for the sound of the voice."""
        return [one_line(line.text, LONGEST_LINE) for line in self.profile.telling_lines]


@dataclass(frozen=True, slots=True)
class Portrait:
    text: str
    analysis: tuple[Trait, ...]
    replaced: ModelReplaced | None = None  # another model wrote it, or some of it


class PersonaWriter:
    def __init__(
        self,
        *,
        model: TextModel,
        tokens: TokenCounter,
        patience: Patience = NOBODY_WAITS,
        evidence_tokens: int = EVIDENCE_TOKENS,
    ) -> None:
        self._model = model
        self._tokens = tokens
        self._patience = patience
        self._evidence_tokens = evidence_tokens

    @property
    def model_name(self) -> str:
        return self._model.name

    def brief(
        self,
        profile: Profile,
        text: str,
        title: str,
        author: str,
        through: Frontier,
        unrevealed: Unrevealed = NO_SECRETS,
    ) -> Brief:
        """What tells most of the character, as much as the budget of tokens holds."""
        offered = exhibits_of(profile, text, through)
        sizes = self._tokens.count_all([e.text for e in offered])
        within = sum(size <= self._evidence_tokens for size in accumulate(sizes))
        return Brief(profile, title, author, numbered(offered[:within]), unrevealed)

    def estimate(self, brief: Brief) -> Usage:
        """Both passes, if each answer is as long as it may be. Tokens are counted as o200k_base:
        a model that cuts words otherwise takes some more or fewer."""
        first = self._analysis_request(brief)
        second = portrait_request(brief.name, brief.title, brief.author, (), brief.lines)
        asked = sum(self._tokens.count_all([r.system + r.message for r in (first, second)]))
        schema = self._tokens.count(str(first.schema))
        return Usage(
            prompt_tokens=asked + schema + ANALYSIS_TOKENS,  # the second pass reads the first
            completion_tokens=first.max_output_tokens + second.max_output_tokens,
        )

    async def write(self, brief: Brief, spend: Spend) -> Portrait:
        """`spend` is told of what each answer cost, also where nothing comes of it in the end.

        Raises ModelUnavailable once patience is at its end; ModelFailed, ContextOverflow or
        ModelRefused if what came cannot be used.
        """
        first = await self._ask(self._analysis_request(brief), spend)
        analysis = _without_later_names(read_analysis(first.text, brief.exhibits), brief)
        request = portrait_request(brief.name, brief.title, brief.author, analysis, brief.lines)
        second = await self._ask(request, spend)
        return Portrait(_checked(second, brief), analysis, second.replaced or first.replaced)

    async def _ask(self, request: TextRequest, spend: Spend) -> TextAnswer:
        answer = await retried(lambda: self._model.complete(request), self._patience)
        spend(answer.usage)
        return answer

    def _analysis_request(self, brief: Brief) -> TextRequest:
        return analysis_request(brief.name, brief.title, brief.author, brief.exhibits)


def _without_later_names(analysis: Sequence[Trait], brief: Brief) -> tuple[Trait, ...]:
    """A model may know the book from elsewhere. Raises ModelFailed if nothing is left."""
    kept = tuple(trait for trait in analysis if not brief.unrevealed.named_in(trait.text))
    if not kept:
        raise ModelFailed("The model's analysis tells of later pages than it was shown.")
    return kept


def _checked(answer: TextAnswer, brief: Brief) -> str:
    """Raises ModelFailed."""
    portrait = _EVIDENCE_NUMBER.sub("", answer.text).strip()
    names = [brief.name, *(alias.text for alias in brief.profile.character.aliases)]
    said = [e.text for e in brief.exhibits if e.kind is not ExhibitKind.FACT]
    if answer.reason is not FinishReason.STOP:
        fault: str | None = "it was cut off"
    else:
        fault = fault_of(portrait, names, [*said, *brief.lines])
        if brief.unrevealed.named_in(portrait):
            fault = "it names somebody of later pages than it was shown"
    if fault:
        raise ModelFailed(f"The model's portrait cannot be used: {fault}.")
    return portrait
