from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.outbound.booknlp.catalogue import Catalogue
from adapters.outbound.booknlp.model_files import BookNlpModelFiles
from adapters.outbound.booknlp.model_folder import FOLDER
from application.ports.model_files import FetchProgress
from application.retrying import Patience
from domain.errors import BrokenFile, SourceUnavailable, StoreUnavailable
from tests.services.programs import free_port

AT_ONCE = Patience(attempts=1)


def ignore(_: FetchProgress) -> None: ...


@pytest.fixture
def small(catalogues: Mapping[str, Catalogue]) -> Catalogue:
    return catalogues["small"]


async def test_a_file_that_was_changed_is_refused_and_not_kept(
    small: Catalogue, tmp_path: Path
) -> None:
    changed = replace(small, entities=replace(small.entities, sha256="0" * 64))
    files = BookNlpModelFiles(tmp_path, catalogues={"small": changed})
    with pytest.raises(BrokenFile, match="not the file that was expected"):
        await files.fetch(ignore)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_where_a_server_is_away_it_says_so_and_goes_on_another_time(
    small: Catalogue, tmp_path: Path
) -> None:
    nowhere = replace(small.pipeline, url=f"http://127.0.0.1:{free_port()}/wheel")
    away = {"small": replace(small, pipeline=nowhere)}
    files = BookNlpModelFiles(tmp_path, catalogues=away, patience=AT_ONCE)
    with pytest.raises(SourceUnavailable, match=r"goes on where this ended"):
        await files.fetch(ignore)
    assert [file.name for file in await files.check() if file.fault] == [small.pipeline.name]

    told = list[FetchProgress]()
    await BookNlpModelFiles(tmp_path, catalogues={"small": small}).fetch(told.append)
    assert {now.file for now in told} == {small.pipeline.name}


async def test_a_folder_that_cannot_be_written_is_told(small: Catalogue, tmp_path: Path) -> None:
    (tmp_path / FOLDER).touch()
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        await BookNlpModelFiles(tmp_path, catalogues={"small": small}).fetch(ignore)
