from array import array
from collections.abc import Sequence
from hashlib import sha256
from math import sqrt

from application.ports.embedder import EmbeddingKind, Vector
from domain.terms import terms

DIMENSION = 64


class TermEmbedder:
    """Texts that share terms are near: each term has a place of its own in the vector."""

    model = "terms"
    dimension = DIMENSION

    def __init__(self) -> None:
        self.embedded: list[str] = []

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        self.embedded += texts
        return [_vector(text) for text in texts]


def _vector(text: str) -> Vector:
    counts = [0.0] * DIMENSION
    for term in terms(text) or [text]:
        counts[sha256(term.encode()).digest()[0] % DIMENSION] += 1
    length = sqrt(sum(c * c for c in counts))
    return array("f", (c / length for c in counts))
