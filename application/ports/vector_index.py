from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from application.ports.embedder import Vector
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.span import Span


@dataclass(frozen=True, slots=True)
class VectorEntry:
    """A vector of a passage, or of a window of one: a passage may have several."""

    key: int  # of a whole passage its index; of windows, counted on after the last passage
    passage_index: int
    span: Span  # of the whole passage: what the frontier is compared with
    vector: Vector


@dataclass(frozen=True, slots=True)
class Candidate:
    passage_index: int
    score: float  # comparable within one answer only; never shown


class VectorIndex(Protocol):
    """Nearest passages by cosine, one index a content version."""

    async def create(self, version: ContentVersion, model: str, dimension: int) -> None:
        """An empty index for vectors of this model, in place of any the version had."""
        ...

    async def upsert(self, version: ContentVersion, entries: Sequence[VectorEntry]) -> None: ...

    async def search(
        self, version: ContentVersion, vector: Vector, model: str, up_to: Frontier, limit: int
    ) -> list[Candidate]:
        """Best passages first, each once, by its best vector, only those visible.

        Raises EmbeddingMismatch, which names the command that mends it, if the index is of
        another model or dimension; StoreUnavailable.
        """
        ...

    async def serve(self, version: ContentVersion) -> None:
        """The book's readers are given this version from now on: whoever else looks under the
        book's own name finds this index. Repeating it changes nothing."""
        ...

    async def count(self, version: ContentVersion) -> int:
        """How many vectors it holds; 0 if there is no index."""
        ...

    async def delete(self, version: ContentVersion) -> None:
        """Does nothing to what is gone already, nor to any other version, served or not."""
        ...
