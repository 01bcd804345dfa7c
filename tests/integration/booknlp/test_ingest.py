"""A book taken in by `falsafa add`, with BookNLP for its cast."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from dependency_injector import providers
from typer.testing import CliRunner

from adapters.outbound.booknlp.catalogue import Catalogue
from adapters.outbound.booknlp.extractor import BookNlpExtractor
from adapters.outbound.booknlp.library import BookNlpLibrary
from application.ports.model_files import FetchProgress
from bootstrap.container import Container
from tests.contract.test_character_extractor import TEXT
from tests.integration.cli.command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")


def test_the_cast_is_its_own_and_its_documents_are_kept_until_the_book_goes(
    library: BookNlpLibrary,
    fetched: tuple[Path, list[FetchProgress]],
    catalogues: Mapping[str, Catalogue],
    tmp_path: Path,
) -> None:
    def with_booknlp(container: Container) -> None:
        extractor = BookNlpExtractor(fetched[0], catalogues=catalogues, library=library)
        container.extractor.override(providers.Object(extractor))

    falsafa = CommandLine(CliRunner(), tmp_path / "data")
    book = tmp_path / "visit.txt"
    book.write_text(TEXT, encoding="utf-8")
    added = falsafa("add", str(book), change=with_booknlp)
    assert added.exit_code == 0, added.output
    cast = json.loads(falsafa("cast", "visit", "--json").stdout)
    assert {character["name"] for character in cast["characters"]} == {"Ada", "Ben"}

    kept = list((tmp_path / "data" / "blobs").rglob("*.json"))
    assert {path.name for path in kept} == {
        "coref.json",
        "entities.json",
        "events.json",
        "quotes.json",
        "supersense.json",
    }
    falsafa("remove", "visit", "--yes")
    assert not list((tmp_path / "data" / "blobs").rglob("*.json"))
