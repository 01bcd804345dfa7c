from typing import Protocol

from domain.book import BookLayout
from domain.cast import Cast


class CharacterExtractor(Protocol):
    async def prepare(self) -> None:
        """Load what takes long, when a worker starts. Raises Misconfigured if something of it is
        missing."""
        ...

    async def extract(self, text: str, layout: BookLayout, language: str) -> Cast:
        """The cast of a canonical text. Ids need only be unique within this result.

        A text without names or dialogue gives an empty cast with a warning. Raises WorkerCrashed.
        """
        ...
