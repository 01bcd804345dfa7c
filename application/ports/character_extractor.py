from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from domain.book import BookLayout
from domain.cast import Cast


@dataclass(frozen=True, slots=True)
class Extraction:
    """A cast, and what the extractor's tool found beyond it."""

    cast: Cast
    documents: Mapping[str, bytes] = field(default_factory=dict)  # whole files, by their names


class CharacterExtractor(Protocol):
    async def prepare(self) -> None:
        """Load what takes long, when a worker starts. Raises Misconfigured if something of it is
        missing."""
        ...

    async def extract(self, text: str, layout: BookLayout, language: str) -> Extraction:
        """Of a canonical text. Ids need only be unique within this result.

        A text without names or dialogue gives an empty cast with a warning. Raises WorkerCrashed,
        and ModelFailed for a text that the extractor cannot read.
        """
        ...
