import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from bootstrap.checks import check_settings
from bootstrap.container import Container
from bootstrap.providers import CHAT_MODELS, EMBEDDERS, RERANKERS
from bootstrap.settings import load_settings

PAGE = Path(__file__).parents[3] / "docs" / "providers.md"


@dataclass(frozen=True)
class Row:
    """A line of the page: with these variables, this part is that adapter."""

    part: str
    variables: tuple[tuple[str, str], ...]
    adapter: str

    def __str__(self) -> str:
        return "-".join([self.part, *(name for name, _ in self.variables)])


def rows() -> list[Row]:
    lines = re.findall(r"^\| `(\w+)` \|(.*)\| `(\w+)` \|$", PAGE.read_text(), re.MULTILINE)
    return [
        Row(part, tuple(re.findall(r"`(\w+)=([^`]+)`", told)), adapter)
        for part, told, adapter in lines
    ]


@pytest.fixture(autouse=True)
def data_dir_apart(bare_environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FALSAFA_DATA_DIR", str(tmp_path))


@pytest.mark.parametrize("row", rows(), ids=str)
async def test_variables_alone_choose_the_adapter(
    row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in row.variables:
        monkeypatch.setenv(name, value)
    settings = load_settings()
    check_settings(settings)

    made = getattr(Container(settings=settings), row.part)()

    assert type(made).__name__ == row.adapter


def test_the_page_has_a_row_for_every_provider() -> None:
    providers = [p for table in (CHAT_MODELS, EMBEDDERS, RERANKERS) for p in table.values()]
    assert {p.path.partition(":")[2] for p in providers} <= {row.adapter for row in rows()}
