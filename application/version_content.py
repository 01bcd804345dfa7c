"""All that is kept of one content version, to be dropped together, or taken over by the next."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from application.blob_keys import cast_blobs
from application.ports.blob_store import BlobStore
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.keyword_index import KeywordIndex
from application.ports.passage_repository import PassageRepository
from application.ports.persona_repository import PersonaRepository
from application.ports.text_store import TextStore
from application.ports.token_vectors import TokenVectorStore
from application.ports.vector_index import VectorIndex
from application.text_up_to import text_up_to
from domain.book import ContentVersion
from domain.frontier import WHOLE_BOOK

BLOCK = 1 << 20  # bytes read at a time


class VersionContent:
    def __init__(
        self,
        *,
        books: BookRepository,
        blobs: BlobStore,
        texts: TextStore,
        casts: CastRepository,
        personas: PersonaRepository,
        passages: PassageRepository,
        vectors: VectorIndex,
        keywords: KeywordIndex,
        token_vectors: TokenVectorStore,
    ) -> None:
        self._books = books
        self._blobs = blobs
        self._texts = texts
        self._casts = casts
        self._personas = personas
        self._stores = (keywords, vectors, token_vectors, passages, personas, casts, texts)

    async def delete(self, version: ContentVersion) -> None:
        """Does nothing to what is gone already."""
        for store in self._stores:
            await store.delete(version)
        await self._blobs.delete(cast_blobs(version))
        await self._books.delete_layout(version)

    async def take_over(self, old: ContentVersion, new: ContentVersion) -> None:
        """Give `new` the text, layout, cast and personas of `old`, and nothing else.

        Whatever `new` had is gone; so it may be done again. Raises TextNotFound if `old` has none.
        """
        text = await text_up_to(self._texts, old, WHOLE_BOOK)
        layout = await self._books.layout(old)
        cast = await self._casts.whole(old)
        await self.delete(new)
        await self._texts.put(new, text)
        await self._books.put_layout(new, layout)
        await self._casts.put(new, cast)
        for character in cast.characters:
            for persona in await self._personas.versions(old, character.id, WHOLE_BOOK):
                await self._personas.put(new, persona)
        await self._copy_blobs(cast_blobs(old), cast_blobs(new))

    async def _copy_blobs(self, old: str, new: str) -> None:
        for key in await self._blobs.keys_under(old):
            async with self._blobs.local(key) as path:
                await self._blobs.put(new + key.removeprefix(old), _blocks(path))


async def _blocks(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while block := await asyncio.to_thread(file.read, BLOCK):
            yield block
