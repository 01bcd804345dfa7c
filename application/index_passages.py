"""Cut a text into passages, embed them, and fill both indices of a content version."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from application.late_interaction import LateInteraction
from application.ports.cast_repository import CastRepository
from application.ports.embedder import Embedder, Vector
from application.ports.keyword_index import KeywordIndex
from application.ports.passage_repository import PassageRepository
from application.ports.token_counter import TokenCounter
from application.ports.token_vectors import Levels
from application.ports.vector_index import VectorEntry, VectorIndex
from domain.book import BookLayout, ContentVersion
from domain.cast import Cast
from domain.chunking import chunk, windows
from domain.frontier import WHOLE_BOOK
from domain.passage import Passage
from domain.passage_context import in_context
from domain.span import Span

BATCH = 64  # passages embedded and written at a time: a few seconds of work, so progress is seen

Report = Callable[[float, str], Awaitable[None]]


class IndexPassages:
    """Each step overwrites what an earlier run of it left."""

    def __init__(
        self,
        *,
        casts: CastRepository,
        passages: PassageRepository,
        embedder: Embedder,
        vectors: VectorIndex,
        keywords: KeywordIndex,
        tokens: TokenCounter,
        late_interaction: LateInteraction | None = None,
    ) -> None:
        self._casts = casts
        self._passages = passages
        self._embedder = embedder
        self._vectors = vectors
        self._keywords = keywords
        self._tokens = tokens
        self._late_interaction = late_interaction

    async def chunk(self, version: ContentVersion, text: str, layout: BookLayout) -> int:
        """Returns how many passages the text makes."""
        cast = await self._casts.whole(version)
        passages = await asyncio.to_thread(self._cut, text, layout, cast)
        await self._passages.put(version, passages)
        return len(passages)

    async def put_in_context(
        self, version: ContentVersion, layout: BookLayout, cast: Cast
    ) -> tuple[Span, ...]:
        """Give passages that are indexed the contexts of another cast, as it is to be put.

        Returns the places of those that changed. No vector is of a context, so none is made anew.
        """
        before = await self._passages.all(version, WHOLE_BOOK)
        after = await asyncio.to_thread(in_context, before, layout, cast)
        changed = [new for old, new in zip(before, after, strict=True) if old != new]
        if changed:
            # The passages last: by them a run that was cut off sees what is still to be done.
            await self._keywords.upsert(version, changed)
            await self._passages.put(version, after)
        return tuple(passage.span for passage in changed)

    async def embed(self, version: ContentVersion, report: Report) -> None:
        """A vector of each passage, and one of each window of it; where the embedder can, one of
        each of the passage's tokens too."""
        await self._vectors.create(version, self._embedder.model, self._embedder.dimension)
        passages = await self._passages.all(version, WHOLE_BOOK)
        batches = self._batches(version, passages, report)
        if self._late_interaction:
            await self._late_interaction.put(version, batches)
        else:
            async for _ in batches:
                pass

    async def index(self, version: ContentVersion) -> None:
        await self._keywords.create(version)
        passages = await self._passages.all(version, WHOLE_BOOK)
        await self._keywords.upsert(version, passages)

    async def serve(self, version: ContentVersion) -> None:
        """Under the book's own name both indices give this version from now on."""
        await self._vectors.serve(version)
        await self._keywords.serve(version)

    def _cut(self, text: str, layout: BookLayout, cast: Cast) -> list[Passage]:
        return in_context(chunk(text, layout, self._tokens.count_all), layout, cast)

    async def _batches(
        self, version: ContentVersion, passages: Sequence[Passage], report: Report
    ) -> AsyncIterator[Sequence[Levels]]:
        """Embed and write some passages at a time; gives their token vectors.

        A passage's own vector has the passage's index as its key, so that whoever reads the store
        finds a chunk under its number; windows are numbered from there on.
        """
        key = len(passages)
        for start in range(0, len(passages), BATCH):
            some = passages[start : start + BATCH]
            windows_of_them = await asyncio.to_thread(self._windows, some)
            (vectors, tokens), vectors_of_windows = await asyncio.gather(
                self._encoded([passage.text for passage in some]),
                self._embedder.embed([text for _, text in windows_of_them], "document"),
            )
            entries = [
                VectorEntry(passage.index, passage.index, passage.span, vector)
                for passage, vector in zip(some, vectors, strict=True)
            ]
            for (passage, _), vector in zip(windows_of_them, vectors_of_windows, strict=True):
                entries.append(VectorEntry(key, passage.index, passage.span, vector))
                key += 1
            await self._vectors.upsert(version, entries)
            yield tokens
            done = start + len(some)
            await report(done / len(passages), f"{done:,} of {len(passages):,} passages")

    async def _encoded(self, texts: Sequence[str]) -> tuple[list[Vector], list[Levels]]:
        if self._late_interaction is None:
            return await self._embedder.embed(texts, "document"), []
        encoded = await self._late_interaction.encode(texts)
        return [one.vector for one in encoded], [one.tokens.levels for one in encoded]

    def _windows(self, passages: Sequence[Passage]) -> list[tuple[Passage, str]]:
        return [(p, text) for p in passages for text in windows(p, self._tokens.count_all)]
