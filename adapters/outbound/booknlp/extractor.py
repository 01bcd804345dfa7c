"""The character extractor that runs BookNLP, in a thread of the worker's process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from adapters.outbound.booknlp.catalogue import CATALOGUES, Catalogue
from adapters.outbound.booknlp.conversion import NO_NAMES, NO_SPEECH, cast_of
from adapters.outbound.booknlp.documents import documents_of
from adapters.outbound.booknlp.files import read
from adapters.outbound.booknlp.library import BookNlpLibrary, Stopped
from adapters.outbound.booknlp.model_folder import FOLDER, ModelFolder
from adapters.outbound.booknlp.text import handed_over
from application.ports.character_extractor import Extraction
from application.ports.health import Health
from domain.book import BookLayout
from domain.cast import Cast

NOT_ENGLISH = "BookNLP reads English only: nobody in this text is known to it."
_NOBODY = Extraction(Cast(warnings=(NO_NAMES, NO_SPEECH)))


class Library(Protocol):
    def load(self) -> None: ...

    def run(self, text: str, stopped: Callable[[], bool]) -> Mapping[str, str]: ...


class BookNlpExtractor:
    """`model`: "small" or "big", in a folder of `models_dir`.

    Nothing is loaded before `prepare`, or the first book.
    """

    def __init__(
        self,
        models_dir: Path,
        model: str = "small",
        *,
        threads: int = 1,
        catalogues: Mapping[str, Catalogue] = CATALOGUES,
        library: Library | None = None,
    ) -> None:
        self._model = model
        self._folder = ModelFolder(models_dir / FOLDER / model, catalogues[model])
        self._library = library or BookNlpLibrary(self._folder, threads=threads)

    async def prepare(self) -> None:
        await asyncio.to_thread(self._library.load)

    async def check(self) -> Health:
        """Of the models alone, by their sizes: an API without a worker has no BookNLP."""
        begun = time.perf_counter()
        faults = await asyncio.to_thread(self._folder.faults)
        told = [f"{fault.name} {fault.what}" for fault in faults]
        return Health(
            "cast extractor",
            ok=not faults,
            detail=f"{told[0]}. Run: falsafa models fetch" if told else f"BookNLP, {self._model}",
            latency_ms=(time.perf_counter() - begun) * 1000,
        )

    async def extract(self, text: str, layout: BookLayout, language: str) -> Extraction:
        if language and language.lower().split("-")[0] != "en":
            return Extraction(Cast(warnings=(NOT_ENGLISH,)))
        stop = threading.Event()
        try:
            return await asyncio.to_thread(self._extract, text, layout, stop.is_set)
        finally:
            stop.set()  # cancelled: the thread goes on to its next step, and ends there

    def _extract(self, text: str, layout: BookLayout, stopped: Callable[[], bool]) -> Extraction:
        handed = handed_over(text, layout)
        if not handed.strip():
            return _NOBODY
        try:
            files = self._library.run(handed, stopped)
        except Stopped:
            return _NOBODY
        output = read(files)
        return Extraction(
            cast_of(output, text), documents_of(output, text, f"BookNLP {self._model}")
        )
