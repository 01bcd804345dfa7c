import inspect

import pytest

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
