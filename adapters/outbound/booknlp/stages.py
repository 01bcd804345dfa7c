"""BookNLP's printed words, of which only the times of its stages may be logged."""

import logging
import re

_log = logging.getLogger(__name__)
_STAGE = re.compile(r"--- ([\w ()]+): ([\d.]+) seconds ---")


def tell_stage(*words: object, **_: object) -> None:
    """In place of `print`. Anything else may hold words of the book, or paths."""
    if found := _STAGE.match(" ".join(map(str, words))):
        _log.debug("booknlp: %s took %s s", found[1], found[2])
