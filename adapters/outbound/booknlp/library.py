"""BookNLP itself, loaded once, run for one book at a time. Everything here blocks.

It is a program more than a library: it prints, ends the process where it gives up, seeds the
global generators, opens files in the locale's encoding and downloads what it does not find. All of
that is kept in here. https://github.com/booknlp/booknlp, version 1.0.8.
"""

from __future__ import annotations

import codecs
import io
import locale
import os
import random
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from adapters.outbound.booknlp.corrections import put_speakers_in_place
from adapters.outbound.booknlp.files import SUFFIXES
from adapters.outbound.booknlp.installation import check_installed
from adapters.outbound.booknlp.model_folder import ModelFolder
from adapters.outbound.booknlp.stages import tell_stage
from domain.errors import Misconfigured, ModelFailed, WorkerCrashed

_PIPELINE = "entity,quote,supersense,event,coref"
_ID = "book"
_WAIT_SECONDS = 0.5  # how soon one who waits for another book's end notices that it is to stop


class Stopped(Exception):
    """Nobody waits for the result any more."""


class BookNlpLibrary:
    """`threads`: processor threads for torch; more than there are free cores slows it tenfold.

    On a graphics card if torch finds one; CUDA_VISIBLE_DEVICES, set before the start, decides.
    """

    def __init__(self, folder: ModelFolder, *, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        self._booknlp: Any = None
        self._loading = threading.Lock()
        self._running = threading.Lock()
        self._stopped: Callable[[], bool] = lambda: False

    def load(self) -> None:
        """Does nothing the second time. Raises Misconfigured."""
        with self._loading:
            if self._booknlp is None:
                self._booknlp = self._loaded()

    def run(self, text: str, stopped: Callable[[], bool]) -> Mapping[str, str]:
        """The contents of the files that BookNLP writes for a text with words, by suffix.

        Between two steps of a network `stopped` is asked, and ends the run with Stopped. Raises
        Misconfigured, ModelFailed, WorkerCrashed.
        """
        self.load()
        with self._one_at_a_time(stopped), TemporaryDirectory(prefix="falsafa-booknlp-") as name:
            folder = Path(name)
            book = folder / f"{_ID}.txt"
            book.write_bytes(text.encode())
            self._process(book, folder)
            files = {suffix: folder / f"{_ID}.{suffix}" for suffix in SUFFIXES}
            return {
                suffix: path.read_bytes().decode()
                for suffix, path in files.items()
                if path.exists()
            }

    def _loaded(self) -> Any:
        check_installed()
        _check_encoding()
        if faults := self._folder.faults():
            raise Misconfigured(
                f"BookNLP's models are not whole: {faults[0].name} {faults[0].what}. "
                "Run: falsafa models fetch"
            )
        _work_offline(self._folder.hub)
        with _undisturbed():
            import torch
            from booknlp.booknlp import BookNLP

            torch.set_num_threads(self._threads)
            booknlp = BookNLP("en", self._parameters()).booknlp
        put_speakers_in_place(booknlp.quote_attrib)
        _speak_through(tell_stage)
        for part in (booknlp.entityTagger, booknlp.quote_attrib, booknlp.litbank_coref):
            part.model.bert.register_forward_pre_hook(self._stop_if_asked)
        return booknlp

    def _parameters(self) -> dict[str, str | None]:
        networks = self._folder.catalogue
        return {
            "pipeline": _PIPELINE,
            "model": "custom",  # never downloads
            "model_path": str(self._folder.root),
            "entity_model_path": str(self._folder.network(networks.entities)),
            "coref_model_path": str(self._folder.network(networks.coref)),
            "quote_attribution_model_path": str(self._folder.network(networks.speaker)),
            "spacy_model": str(self._folder.pipeline),
        }

    @contextmanager
    def _one_at_a_time(self, stopped: Callable[[], bool]) -> Iterator[None]:
        while not self._running.acquire(timeout=_WAIT_SECONDS):
            if stopped():
                raise Stopped
        try:
            self._stopped = stopped
            self._stop_if_asked()
            yield
        finally:
            self._stopped = lambda: False
            self._running.release()

    def _stop_if_asked(self, *_: object) -> None:
        if self._stopped():
            raise Stopped

    def _process(self, book: Path, folder: Path) -> None:
        try:
            self._booknlp.process(str(book), str(folder), _ID)
        except Stopped:
            raise
        except SystemExit as error:
            raise _gave_up() from error
        except MemoryError as error:
            raise _out_of_memory() from error
        except Exception as error:
            if isinstance(error, RuntimeError) and "memory" in str(error):
                raise _out_of_memory() from error
            raise _gave_up() from error


def _gave_up() -> ModelFailed:
    return ModelFailed(
        "BookNLP gave up on this text. Process the book with CHARACTER_EXTRACTOR=builtin."
    )


def _out_of_memory() -> WorkerCrashed:
    return WorkerCrashed(
        "BookNLP ran out of memory. Give the worker more, or set FALSAFA_BOOKNLP_MODEL=small."
    )


def _check_encoding() -> None:
    found = locale.getpreferredencoding(False)
    if codecs.lookup(found).name != "utf-8":
        raise Misconfigured(
            f"BookNLP reads its files as {found} here, and they are UTF-8. "
            "Set PYTHONUTF8=1 where the worker is started."
        )


def _work_offline(hub: Path) -> None:
    """Read by `transformers` and `huggingface_hub` as they are imported; nothing else does."""
    os.environ.update(
        HF_HOME=str(hub),
        HF_HUB_OFFLINE="1",
        TRANSFORMERS_OFFLINE="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        HF_HUB_DISABLE_PROGRESS_BARS="1",
    )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """The global generators as they were, no word on standard output, and no warnings: they are
    the library's own, and nobody here can mend them."""
    states = random.getstate(), np.random.get_state()
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


def _speak_through(tell: Callable[..., None]) -> None:
    """Give its modules a `print` of ours: standard output belongs to the whole process."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "booknlp":
            setattr(module, "print", tell)  # noqa: B010 - a module has no such attribute yet
