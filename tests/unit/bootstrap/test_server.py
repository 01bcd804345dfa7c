from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dependency_injector import providers

from bootstrap.container import Container
from bootstrap.server import Server
from bootstrap.settings import Settings
from domain.errors import Misconfigured


class Dying:
    async def run(self) -> None:
        raise RuntimeError("a fault of ours")


class Unfit:
    async def prepare(self) -> None:
        raise Misconfigured("Its models are missing. Run: falsafa models fetch")


@contextmanager
def server(tmp_path: Path, **parts: object) -> Iterator[Server]:
    settings = Settings.model_validate({"FALSAFA_DATA_DIR": str(tmp_path / "data")})
    container = Container(settings=settings)
    for name, part in parts.items():
        getattr(container, name).override(providers.Object(part))
    try:
        yield Server(container, settings)
    finally:
        container.unwire()


def test_a_process_whose_worker_died_ends_so_that_a_supervisor_starts_anew(tmp_path: Path) -> None:
    with server(tmp_path, job_manager=Dying()) as process, pytest.raises(SystemExit) as ended:
        process.run_worker("127.0.0.1", 0)
    assert ended.value.code == 1


def test_a_worker_that_lacks_its_models_does_not_start(tmp_path: Path) -> None:
    with (
        server(tmp_path, extractor=Unfit()) as process,
        pytest.raises(Misconfigured, match="falsafa models fetch"),
    ):
        process.run_worker("127.0.0.1", 0)
    assert not (tmp_path / "data").exists()
