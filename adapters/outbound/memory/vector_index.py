from collections.abc import Sequence
from dataclasses import dataclass, field

from application.ports.embedder import Vector
from application.ports.vector_index import Candidate, VectorEntry
from domain.book import ContentVersion
from domain.errors import EmbeddingMismatch
from domain.frontier import Frontier
from domain.ids import BookId


@dataclass
class _Index:
    model: str
    dimension: int
    entries: dict[int, VectorEntry] = field(default_factory=dict)


class MemoryVectorIndex:
    def __init__(self) -> None:
        self.indices: dict[ContentVersion, _Index] = {}
        self.served: dict[BookId, ContentVersion] = {}

    async def create(self, version: ContentVersion, model: str, dimension: int) -> None:
        self.indices[version] = _Index(model, dimension)

    async def upsert(self, version: ContentVersion, entries: Sequence[VectorEntry]) -> None:
        self.indices[version].entries.update({e.key: e for e in entries})

    async def search(
        self, version: ContentVersion, vector: Vector, model: str, up_to: Frontier, limit: int
    ) -> list[Candidate]:
        index = self.indices.get(version)
        if index is None:
            return []
        if (index.model, index.dimension) != (model, len(vector)):
            raise EmbeddingMismatch(
                f"The book was indexed with {index.model}, not with {model}. Embed it anew: "
                f"falsafa reindex {version.book_id}"
            )
        best: dict[int, float] = {}
        for entry in index.entries.values():
            if up_to.sees(entry.span):
                cosine = sum(a * b for a, b in zip(entry.vector, vector, strict=True))
                best[entry.passage_index] = max(cosine, best.get(entry.passage_index, -1.0))
        nearest = sorted(best.items(), key=lambda item: (-item[1], item[0]))
        return [Candidate(passage, cosine) for passage, cosine in nearest[:limit]]

    async def serve(self, version: ContentVersion) -> None:
        self.served[version.book_id] = version

    async def count(self, version: ContentVersion) -> int:
        index = self.indices.get(version)
        return len(index.entries) if index else 0

    async def delete(self, version: ContentVersion) -> None:
        self.indices.pop(version, None)
