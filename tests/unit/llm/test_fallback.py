import pytest

from adapters.outbound.llm.fallback import FallbackChatModel, FallbackTextModel
from adapters.outbound.memory.chat_model import ScriptedChatModel
from adapters.outbound.memory.text_model import ScriptedTextModel
from application.ports.chat_model import ModelFinished, ModelOutput, ModelReplaced, ModelText
from application.ports.health import Health
from domain.errors import (
    ContextOverflow,
    FalsafaError,
    ModelFailed,
    ModelNotServed,
    ModelRateLimited,
    ModelRefused,
    ModelTimedOut,
    ModelUnavailable,
)
from tests.contract.test_chat_model import a_request
from tests.contract.test_text_model import REQUEST

AWAY = [ModelUnavailable, ModelRateLimited, ModelTimedOut, ModelNotServed]
ANSWERED = [ModelFailed, ModelRefused, ContextOverflow]


def second() -> ScriptedChatModel:
    return ScriptedChatModel(["Good ", "night."], name="second")


async def heard(first: ScriptedChatModel, other: ScriptedChatModel) -> list[ModelOutput]:
    return [output async for output in FallbackChatModel(first, other).stream(a_request())]


@pytest.mark.parametrize("kind", AWAY)
async def test_where_the_first_is_away_the_second_answers_and_says_so(
    kind: type[FalsafaError],
) -> None:
    first, other = ScriptedChatModel([kind("The first is away.")]), second()

    replaced, *deltas, finished = await heard(first, other)

    assert replaced == ModelReplaced("second", "The first is away.")
    assert deltas == [ModelText("Good "), ModelText("night.")]
    assert isinstance(finished, ModelFinished)
    assert other.requests == first.requests


@pytest.mark.parametrize("kind", ANSWERED)
async def test_what_the_first_has_answered_is_not_asked_anew(kind: type[FalsafaError]) -> None:
    other = second()

    with pytest.raises(kind):
        await heard(ScriptedChatModel([kind("No.")]), other)

    assert other.requests == []


async def test_after_the_first_word_nobody_else_goes_on() -> None:
    first, other = ScriptedChatModel(["Good ", ModelUnavailable("Gone.")]), second()

    outputs = FallbackChatModel(first, other).stream(a_request())
    assert await anext(outputs) == ModelText("Good ")
    with pytest.raises(ModelUnavailable):
        await anext(outputs)

    assert other.requests == []


async def test_where_both_are_away_the_second_s_error_is_told() -> None:
    with pytest.raises(ModelTimedOut):
        await heard(
            ScriptedChatModel([ModelUnavailable("Gone.")]),
            ScriptedChatModel([ModelTimedOut("Slow.")]),
        )


@pytest.mark.parametrize("script", [["Good "], [ModelUnavailable("Gone.")]])
async def test_leaving_closes_whoever_answers(script: list[str | Exception]) -> None:
    first, other = ScriptedChatModel(script), second()

    outputs = FallbackChatModel(first, other).stream(a_request())
    while not isinstance(await anext(outputs), ModelText):
        pass
    await outputs.aclose()

    assert first.was_closed
    assert other.was_closed is bool(other.requests)


class Checked(ScriptedChatModel):
    """One whose health is known."""

    async def check(self) -> Health:
        return Health("language model", not isinstance(self.script[0], Exception), self.name, 1.5)


async def test_both_are_asked_for_their_health() -> None:
    well, ill = Checked(), Checked([ModelUnavailable("Gone.")], name="ill")

    both = await FallbackChatModel(well, well).check()
    one = await FallbackChatModel(ill, well).check()

    assert both == Health("language model", True, "scripted; in its place: scripted", 1.5)
    assert one == Health("language model", False, "ill; in its place: scripted", 1.5)
    assert (await FallbackChatModel(well, second()).check()).detail == "scripted"


async def test_a_question_too_goes_to_the_second_and_says_so() -> None:
    first = ScriptedTextModel([ModelUnavailable("The first is away.")], name="first")
    model = FallbackTextModel(first, ScriptedTextModel(["Calm."], name="second"))

    answer = await model.complete(REQUEST)

    assert model.name == "first"
    assert answer.text == "Calm."
    assert answer.replaced == ModelReplaced("second", "The first is away.")


@pytest.mark.parametrize("kind", ANSWERED)
async def test_a_question_that_was_answered_is_not_asked_anew(kind: type[FalsafaError]) -> None:
    other = ScriptedTextModel(["Calm."])

    with pytest.raises(kind):
        await FallbackTextModel(ScriptedTextModel([kind("No.")]), other).complete(REQUEST)

    assert other.requests == []
