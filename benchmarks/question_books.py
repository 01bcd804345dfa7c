"""Books with questions in a library of their own: what the search benchmark and training share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.embedding.query_heads import SHIPPED_HEADS, QueryHeads
from adapters.outbound.token_vectors.book_tokens import NumpyBookTokens
from application.hybrid_search import HybridSearch
from application.late_interaction import LateInteraction
from application.search_legs import CANDIDATES
from benchmarks.cached_embedder import CachedEmbedder
from benchmarks.embedded_library import EmbeddedLibrary, Record
from domain.book import ContentVersion
from domain.frontier import WHOLE_BOOK
from domain.ranking import Learned
from domain.span import Span


class QuestionBooks:
    """`cache`: a folder for what the model makes of passages, from one run to the next. `heads`:
    those of the library."""

    def __init__(self, folder: Path, cache: Path | None, heads: QueryHeads = SHIPPED_HEADS) -> None:
        minilm = MiniLmEmbedder(folder / "models", heads=heads)
        self._by_heads = {heads: minilm}
        self._library = EmbeddedLibrary(folder, CachedEmbedder(minilm, cache) if cache else minilm)

    async def aclose(self) -> None:
        for minilm in self._by_heads.values():
            await minilm.aclose()
        await self._library.aclose()

    def search(
        self, *, with_tokens: bool, learned: Learned | None, heads: QueryHeads | None = None
    ) -> HybridSearch:
        """Without tokens: as where an API embeds. `heads`: in the place of the library's."""
        library = self._library
        if not with_tokens:
            return library.search(None, learned)
        if heads is None:
            return library.search(library.late_interaction, learned)
        moved = LateInteraction(encoder=self._moved_by(heads), store=library.token_vectors)
        return library.search(moved, learned)

    async def add(self, book: Record) -> tuple[ContentVersion, int]:
        """Index a book; returns how many passages it has."""
        return await self._library.add(book)

    async def by_words(self, version: ContentVersion, question: str) -> list[int]:
        found = await self._library.keywords.search(version, question, WHOLE_BOOK, CANDIDATES)
        return [candidate.passage_index for candidate in found]

    async def by_meaning(self, version: ContentVersion, question: str) -> list[int]:
        embedder = self._library.embedder
        (vector,) = await embedder.embed([question], "query")
        found = await self._library.vectors.search(
            version, vector, embedder.model, WHOLE_BOOK, CANDIDATES
        )
        return [candidate.passage_index for candidate in found]

    async def tokens(self, version: ContentVersion) -> NumpyBookTokens:
        encoder = self._library.embedder
        found = await self._library.token_vectors.read(
            version, encoder.encoding, encoder.token_width
        )
        if not isinstance(found, NumpyBookTokens):
            raise TypeError(f"{version.book_id} has no token vectors to learn from")
        return found

    async def spans(self, version: ContentVersion, order: Sequence[int]) -> list[Span]:
        passages = await self._library.passages.get(version, order, WHOLE_BOOK)
        return [passages[index].span for index in order]

    def _moved_by(self, heads: QueryHeads) -> MiniLmEmbedder:
        if heads not in self._by_heads:
            folder = self._library.folder / "models"
            self._by_heads[heads] = MiniLmEmbedder(folder, heads=heads)
        return self._by_heads[heads]
