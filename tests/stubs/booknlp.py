"""In BookNLP's place: the same files, by two plain rules."""

import re
import threading
from collections.abc import Callable, Mapping

from tests.unit.booknlp.written import Written

_SAID = re.compile(r"([\"“][^\"”]+[\"”]) said (\w+)")


class StubLibrary:
    """Knows only those whom "said NAME" follows. `error` is raised in place of an answer; where it
    is told to wait, it does so until it is stopped."""

    def __init__(self, *, waits: bool = False, error: Exception | None = None) -> None:
        self.loaded = 0
        self.texts: list[str] = []
        self.running = threading.Event()
        self.stopped = threading.Event()
        self._waits = waits
        self._error = error

    def load(self) -> None:
        self.loaded += 1

    def run(self, text: str, stopped: Callable[[], bool]) -> Mapping[str, str]:
        self.texts.append(text)
        self.running.set()
        while self._waits and not stopped():
            self.stopped.wait(0.01)
        self.stopped.set()
        if self._error is not None:
            raise self._error
        return _files(text)


def _files(text: str) -> Mapping[str, str]:
    written = Written(text)
    speakers = sorted({match[2] for match in _SAID.finditer(text)})
    mentions = {
        match.start(): written.entity(speakers.index(match[0]), match[0], after=match.start())
        for match in re.finditer(r"\w+", text)
        if match[0] in speakers
    }
    for match in _SAID.finditer(text):
        written.quote(match[1], speakers.index(match[2]), mentions[match.start(2)])
    return written.files()
