import inspect

import pytest

from adapters.outbound.llm.openai import OpenAiChatModel
from bootstrap.parts import build_language_models, build_text_model
from bootstrap.providers import CHAT_MODELS, EMBEDDERS, Provider, chosen
from bootstrap.settings import Settings
from domain.errors import Misconfigured

ALL = [
    pytest.param(provider, id=name)
    for table in (CHAT_MODELS, EMBEDDERS)
    for name, provider in table.items()
]


@pytest.mark.parametrize("provider", ALL)
def test_every_name_leads_to_a_class_that_takes_the_named_settings(provider: Provider) -> None:
    constructor = inspect.signature(provider.load())

    constructor.bind(**dict.fromkeys(provider.arguments))
    assert set(provider.arguments.values()) <= set(dir(Settings)) | set(Settings.model_fields)


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(Misconfigured, match="extractive, ollama"):
        chosen(CHAT_MODELS, "oracle", "LLM_PROVIDER")


def test_a_second_model_that_can_only_quote_the_book_is_asked_for_nothing_else() -> None:
    settings = Settings.model_validate(
        {
            "LLM_PROVIDER": "openai",
            "LLM_MODEL": "m",
            "OPENAI_API_KEY": "k",
            "FALSAFA_LLM_FALLBACK_PROVIDER": "extractive",
        }
    )

    assert isinstance(build_text_model(build_language_models(settings)), OpenAiChatModel)
