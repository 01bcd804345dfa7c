import asyncio
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from adapters.outbound.booknlp.catalogue import Catalogue
from adapters.outbound.booknlp.library import BookNlpLibrary
from adapters.outbound.booknlp.model_files import BookNlpModelFiles
from adapters.outbound.booknlp.model_folder import FOLDER, ModelFolder
from application.ports.model_files import FetchProgress
from tests.integration.booknlp.tiny_models import catalogue_of

INSTALLED = find_spec("booknlp") is not None
# Where no test may be skipped, these run in an environment of their own: `make test-booknlp`.
collect_ignore_glob = (
    ["test_*.py"] if os.environ.get("FALSAFA_REQUIRE_SERVICES") and not INSTALLED else []
)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the models in miniature, as their servers would offer them."""
    if not INSTALLED:
        pytest.skip("BookNLP is not installed. Run: make test-booknlp")
    folder = tmp_path_factory.mktemp("published")
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.booknlp.tiny_models"]
    subprocess.run([*command, folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def catalogues(published: Path) -> Iterator[Mapping[str, Catalogue]]:
    with serving(published) as url:
        yield {"small": catalogue_of(published, url)}


@pytest.fixture(scope="session")
def fetched(
    catalogues: Mapping[str, Catalogue], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[FetchProgress]]:
    """A folder for models, filled by `fetch`; and what it told."""
    models_dir, told = tmp_path_factory.mktemp("models"), list[FetchProgress]()
    asyncio.run(BookNlpModelFiles(models_dir, catalogues=catalogues).fetch(told.append))
    return models_dir, told


@pytest.fixture(scope="session")
def library(
    fetched: tuple[Path, list[FetchProgress]], catalogues: Mapping[str, Catalogue]
) -> BookNlpLibrary:
    library = WithoutNameList(ModelFolder(fetched[0] / FOLDER / "small", catalogues["small"]))
    before = random.getstate()
    library.load()
    assert random.getstate() == before, "loading must not seed the generators of the process"
    return library


class WithoutNameList(BookNlpLibrary):
    """It reads a list of 164,000 names and their pronouns for each book: seconds, for nothing
    that is tested here."""

    def _parameters(self) -> dict[str, str | None]:
        return super()._parameters() | {"referential_gender_hyperparameterFile": None}


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    class QuietServer(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client may leave in the middle of a file."""

    server = QuietServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
