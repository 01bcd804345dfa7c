"""What a test takes from the process around it, and what it would leave behind."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bootstrap.settings import Settings


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting is taken from the environment that the tests run in."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)


@pytest.fixture
def logs_of_a_command() -> Iterator[None]:
    """As `falsafa` sets them; and a command may set its own, which are taken back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
