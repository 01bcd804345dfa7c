"""docs/adding-a-provider.md, done as it says: one file, one line."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

import adapters.outbound.llm
from bootstrap import providers
from bootstrap.providers import CHAT_MODELS, Provider
from tests.contract.test_chat_model import ChatModelContract
from tests.contract.test_text_model import REQUEST
from tests.integration.cli.command_line import CommandLine

PAGE = Path(__file__).parents[3] / "docs" / "adding-a-provider.md"
BLOCK = re.compile(r"^ *```python\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def blocks() -> list[str]:
    return [dedent(block) for block in BLOCK.findall(PAGE.read_text())]


@pytest.fixture
def the_file(blocks: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Beside the others, in a folder of its own."""
    folder = tmp_path / "llm"
    folder.mkdir()
    (folder / "oracle.py").write_text(blocks[0])
    path = [*adapters.outbound.llm.__path__, str(folder)]
    monkeypatch.setattr(adapters.outbound.llm, "__path__", path)
    importlib.invalidate_caches()
    yield
    sys.modules.pop("adapters.outbound.llm.oracle", None)


@pytest.fixture
def the_line(blocks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    added: dict[str, Provider] = eval(f"{{{blocks[1]}}}", vars(providers))
    (name,) = added
    monkeypatch.setitem(CHAT_MODELS, name, added[name])


@pytest.mark.usefixtures("the_file", "the_line")
def test_a_new_language_model_is_one_file_and_one_line(
    falsafa: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_PROVIDER", "oracle")
    monkeypatch.setenv("LLM_MODEL", "delphi")

    told = falsafa("talk", "dowager", "--with", "Miss Tull", "--say", "What will be?")

    assert told.exit_code == 0, told.output
    assert "The oracle has spoken." in told.stdout
    assert "No language model" not in told.stdout


@pytest.mark.usefixtures("the_file", "the_line")
def test_without_what_it_requires_nothing_starts(
    falsafa: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_PROVIDER", "oracle")

    told = falsafa("talk", "dowager", "--say", "What will be?")

    assert told.exit_code != 0
    assert "LLM_MODEL" in told.output


@pytest.mark.usefixtures("the_file")
async def test_the_page_s_contract_holds(blocks: list[str]) -> None:
    oracle = importlib.import_module("adapters.outbound.llm.oracle")
    names = {
        "ChatModel": object,
        "ChatModelContract": ChatModelContract,
        "OracleChatModel": oracle.OracleChatModel,
        "pytest": pytest,
    }
    exec(blocks[2], names)

    assert issubclass(names["TestOracleChatModel"], ChatModelContract)
    model = oracle.OracleChatModel(model="small")
    await ChatModelContract.test_text_comes_in_deltas_and_the_finish_comes_last(
        names["TestOracleChatModel"](),
        model,
    )
    assert (await model.complete(REQUEST)).text == "The oracle has spoken."
