import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.flows.guarded_run import GuardedRun, run_guarded
from tests.integration.flows.processes import STORY, Served, served
from tests.integration.flows.web import Site, site_of


@pytest.fixture(scope="session")
def first_demo(tmp_path_factory: pytest.TempPathFactory) -> GuardedRun:
    """The whole main job on a machine that has nothing yet, every outbound call refused."""
    return run_guarded(tmp_path_factory.mktemp("first") / "data", "demo", str(STORY))


@pytest.fixture(scope="session")
def models(first_demo: GuardedRun) -> Path:
    """What the first run has built from installed packages; later runs find it there."""
    return first_demo.data_dir / "models"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole story as `whole.md`, its first chapters as `story.md`."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "whole.md").write_bytes(STORY.read_bytes())
    (folder / "story.md").write_text(STORY.read_text()[:9_000])
    with site_of(folder) as site:
        yield site


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, models: Path, site: Site) -> Iterator[Served]:
    data_dir = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(models, data_dir / "models")
    more = {"FALSAFA_PERSONA_COUNT": "4", "FALSAFA_PRIVATE_HOSTS": site.host}
    with served(data_dir, **more) as running:
        yield running
