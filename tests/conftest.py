from collections.abc import Iterator

import pytest

from tests.outbound_guard import outbound_refused


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
