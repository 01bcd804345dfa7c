import logging
from collections.abc import Iterator

import pytest
import structlog

from bootstrap.logging import configure_logging
from domain.errors import StoreUnavailable


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    names = ("", "adapters", "application", "bootstrap", "domain", "uvicorn")
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = list(logging.getLogger().handlers)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("library", ["aiosqlite", "openai._base_client", "httpx", "httpcore"])
def test_what_libraries_say_of_requests_and_statements_is_not_logged(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("debug", "json")

    logging.getLogger(library).debug("executing %s", "a reader's words")
    logging.getLogger(library).info("GET %s", "https://books.example/?sig=secret")

    assert capsys.readouterr().err == ""


def test_ours_is_heard_from_the_level_that_is_set(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug", "json")
    logging.getLogger("adapters.outbound.booknlp.stages").debug("a stage is over")
    structlog.get_logger("bootstrap.server").info("listening", url="http://127.0.0.1:1")

    heard = capsys.readouterr().err
    configure_logging("error", "json")
    structlog.get_logger("bootstrap.server").info("listening again")

    assert "a stage is over" in heard
    assert '"url": "http://127.0.0.1:1"' in heard
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("form", ["json", "text"])
def test_of_an_error_of_others_the_place_is_told_and_not_its_words(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info", "json" if form == "json" else "text")
    words = "".join(["what", "a", "reader", "asked"])
    try:
        try:
            raise ValueError(words)
        except ValueError as error:
            raise StoreUnavailable("The database does not answer.") from error
    except StoreUnavailable as error:
        structlog.get_logger("adapters").warning("request_failed", exc_info=error)
        logging.getLogger("uvicorn.error").error("it failed", exc_info=error)

    told = capsys.readouterr().err
    assert told.count("StoreUnavailable: The database does not answer.") == 2
    assert told.count("test_logging.py") >= 4
    assert "ValueError" in told
    assert words not in told


def test_text_in_a_file_has_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "text")

    structlog.get_logger("adapters").warning("job_failed", code="broken_file")

    told = capsys.readouterr().err
    assert "code=broken_file" in told
    assert "\x1b" not in told
