from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.outbound.sqlite.database import Database
from tests.contract.fake_clock import FakeClock

# Contracts of several modules; their assertions tell as much as those of the tests.
pytest.register_assert_rewrite("tests.contract.job_control", "tests.contract.job_leases")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "falsafa.db")
    yield database
    await database.aclose()


@pytest.fixture
async def second_database(tmp_path: Path) -> AsyncIterator[Database]:
    """Another process on the same file. The first, left open and unused, stands for one that was
    killed."""
    database = Database(tmp_path / "falsafa.db")
    yield database
    await database.aclose()
