"""The character extractor that needs no model: the pipeline, run in a worker."""

from __future__ import annotations

import asyncio
from concurrent.futures import BrokenExecutor, Executor

from adapters.outbound.cast.extract import extract_cast
from application.ports.character_extractor import Extraction
from domain.book import BookLayout
from domain.errors import WorkerCrashed


class BuiltinCharacterExtractor:
    """Runs `extract_cast` in an executor, so that the event loop stays free.

    With a pool of processes a crash of the worker becomes WorkerCrashed.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def prepare(self) -> None:
        """Nothing to load: the lexicon comes with the first book, in milliseconds."""

    async def extract(self, text: str, layout: BookLayout, language: str) -> Extraction:
        loop = asyncio.get_running_loop()
        try:
            cast = await loop.run_in_executor(self._executor, extract_cast, text, layout, language)
        except BrokenExecutor as error:
            raise WorkerCrashed(
                "The process that read the cast died, most likely for want of memory. "
                "Try again, or give the worker more memory."
            ) from error
        return Extraction(cast)
