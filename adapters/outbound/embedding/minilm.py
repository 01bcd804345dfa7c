"""The embedded Embedder: all-MiniLM-L6-v2 in this process, in threads of its own."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from adapters.outbound.embedding.query_heads import SHIPPED_HEADS, QueryHeads
from adapters.outbound.embedding.token_projection import SHIPPED, TokenProjection
from application.ports.embedder import EmbeddingKind, Vector
from application.ports.token_vectors import Encoded, EncodedQuery

if TYPE_CHECKING:
    from adapters.outbound.embedding.minilm_encoder import MiniLmEncoder

T = TypeVar("T")

DIMENSION = 384
TEXTS_A_CALL = 32  # a cancelled ingest stops after so many


class MiniLmEmbedder:
    """Loads the model at the first text, not before.

    Queries and documents wait in lines of their own: a reader does not wait for an ingest.
    `threads`: how many batches of documents run at once. `projection`: what makes token vectors
    of the model's last state; `heads`: what moves those of a query.
    """

    model = "all-MiniLM-L6-v2"
    dimension = DIMENSION

    def __init__(
        self,
        cache_dir: Path,
        *,
        threads: int = 2,
        projection: TokenProjection = SHIPPED,
        heads: QueryHeads = SHIPPED_HEADS,
    ) -> None:
        self._cache_dir = cache_dir
        self._projection = projection
        self._heads = heads
        self._loading = Lock()
        self._encoder: MiniLmEncoder | None = None
        self._lines: dict[EmbeddingKind, ThreadPoolExecutor] = {
            "query": ThreadPoolExecutor(1, thread_name_prefix="embed-query"),
            "document": ThreadPoolExecutor(threads, thread_name_prefix="embed-document"),
        }

    @property
    def encoding(self) -> str:
        return f"{self.model}-{self._projection.digest}"

    @property
    def token_width(self) -> int:
        return self._projection.width

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        return await self._in_parts(self._embed, texts, kind)

    async def encode(self, texts: Sequence[str]) -> list[Encoded]:
        return await self._in_parts(self._encode, texts, "document")

    async def encode_query(self, query: str) -> EncodedQuery:
        def encoded() -> EncodedQuery:
            return self._loaded().encode_query(query, self._heads)

        return await asyncio.get_running_loop().run_in_executor(self._lines["query"], encoded)

    async def aclose(self) -> None:
        """Let the threads go; running batches end first."""
        for line in self._lines.values():
            await asyncio.to_thread(line.shutdown, cancel_futures=True)

    async def _in_parts(
        self, work: Callable[[Sequence[str]], list[T]], texts: Sequence[str], kind: EmbeddingKind
    ) -> list[T]:
        loop = asyncio.get_running_loop()
        parts = await asyncio.gather(
            *(
                loop.run_in_executor(self._lines[kind], work, texts[start : start + TEXTS_A_CALL])
                for start in range(0, len(texts), TEXTS_A_CALL)
            )
        )
        return [made for part in parts for made in part]

    def _embed(self, texts: Sequence[str]) -> list[Vector]:
        rows = self._loaded().embed(texts)
        return [array("f", row.tobytes()) for row in rows]

    def _encode(self, texts: Sequence[str]) -> list[Encoded]:
        rows, tokens = self._loaded().encode(texts)
        vectors = (array("f", row.tobytes()) for row in rows)
        return [Encoded(*both) for both in zip(vectors, tokens, strict=True)]

    def _loaded(self) -> MiniLmEncoder:
        with self._loading:
            if self._encoder is None:
                # Here: a server should answer before the ONNX Runtime is in memory.
                from adapters.outbound.embedding.minilm_encoder import MiniLmEncoder

                self._encoder = MiniLmEncoder(self._cache_dir, projection=self._projection)
            return self._encoder
