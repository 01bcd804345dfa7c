"""Structured logs on standard error: JSON for machines, text on a terminal.

Never log keys, signed URLs or readers' words. Libraries know no such rule: at `debug` they log
whole requests and statements, so below `warning` only ours and the server's are heard; and their
errors' messages may repeat what they were given, so of an error that is not ours its place alone
is told.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Literal

import structlog
from structlog.typing import ExcInfo

from domain.errors import FalsafaError

_OURS = ("adapters", "application", "bootstrap", "domain")
_SERVER = "uvicorn"  # its own start and end; `access_log` is off


def configure_logging(level: str, form: Literal["auto", "json", "text"]) -> None:
    """Ours and the libraries' go the same way."""
    is_terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=is_terminal)
        if form == "text" or (form == "auto" and is_terminal)
        else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_told),
    ]
    least: int = logging.getLevelName(level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(least, logging.WARNING))
    for name in _OURS:
        logging.getLogger(name).setLevel(least)
    logging.getLogger(_SERVER).setLevel(max(least, logging.INFO))


def _told(exc_info: ExcInfo) -> str:
    """The error and what it came from, each with its place."""
    return "\n".join(map(_place, _chain(exc_info[1])))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _place(error: BaseException) -> str:
    lines = "".join(traceback.format_tb(error.__traceback__))
    message = f": {error.message}" if isinstance(error, FalsafaError) else ""
    return f"{lines}{type(error).__name__}{message}"
