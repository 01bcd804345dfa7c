"""All that is kept of one content version, to be dropped together."""

from application.blob_keys import cast_blobs
from application.ports.blob_store import BlobStore
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.keyword_index import KeywordIndex
from application.ports.passage_repository import PassageRepository
from application.ports.persona_repository import PersonaRepository
from application.ports.text_store import TextStore
from application.ports.vector_index import VectorIndex
from domain.book import ContentVersion


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
    ) -> None:
        self._books = books
        self._blobs = blobs
        self._stores = (keywords, vectors, passages, personas, casts, texts)

    async def delete(self, version: ContentVersion) -> None:
        """Does nothing to what is gone already."""
        for store in self._stores:
            await store.delete(version)
        await self._blobs.delete(cast_blobs(version))
        await self._books.delete_layout(version)
