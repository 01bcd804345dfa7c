import os
from collections.abc import Generator, Iterator

import hypothesis
import pytest

from tests.outbound_guard import outbound_refused

# How long an example takes is not what is tested: machines have more to do than one test.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# What a test asks for by name; servers start when the first one does.
pytest_plugins = [
    "tests.process_state",
    "tests.services.postgres",
    "tests.services.postgrest",
    "tests.services.older_tables",
    "tests.services.redis",
]


@pytest.fixture(scope="session", autouse=True)
def outbound_attempts() -> Iterator[list[str]]:
    """What any part has tried to reach beyond this machine: refused, and kept here."""
    attempts: list[str] = []
    with outbound_refused(attempts.append):
        yield attempts


@pytest.fixture(autouse=True)
def nothing_reaches_out(outbound_attempts: list[str]) -> Iterator[None]:
    yield
    tried = outbound_attempts[:]
    outbound_attempts.clear()
    assert not tried, f"this test, or what it set up, tried to reach out: {tried}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything that tests need is to be there, a skipped test is a failed one."""
    report = yield
    wanted = bool(os.environ.get("FALSAFA_REQUIRE_SERVICES"))
    may_lack = item.get_closest_marker("eval_data") and not os.environ.get("FALSAFA_EVAL_DIR")
    if wanted and report.skipped and not may_lack and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where no test may be: {report.longrepr}"
    return report
