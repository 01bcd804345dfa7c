from array import array
from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

# float32, `dimension` long. The standard library's array, so that the core needs no NumPy, and
# an adapter can look at it as one without a copy.
Vector: TypeAlias = "array[float]"

EmbeddingKind: TypeAlias = Literal["query", "document"]


class Embedder(Protocol):
    @property
    def model(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        """One unit-length vector a text, in order; one that is too long is cut at its end.

        Raises ModelUnavailable and its kin, ModelFailed, Misconfigured if the model gives vectors
        of another width.
        """
        ...
