"""Find a version's cast, and give its people the ids that the book's earlier versions gave them."""

from collections.abc import AsyncIterator, Mapping

from application.blob_keys import cast_blobs
from application.ports.blob_store import BlobStore
from application.ports.cast_repository import CastRepository
from application.ports.character_extractor import CharacterExtractor
from application.ports.metrics import Metrics
from domain.book import BookLayout, ContentVersion
from domain.cast import Cast
from domain.character_ids import with_lasting_ids
from domain.frontier import WHOLE_BOOK


class ExtractCharacters:
    def __init__(
        self,
        *,
        extractor: CharacterExtractor,
        casts: CastRepository,
        blobs: BlobStore,
        metrics: Metrics,
    ) -> None:
        self._extractor = extractor
        self._casts = casts
        self._blobs = blobs
        self._metrics = metrics

    async def extract(
        self,
        version: ContentVersion,
        text: str,
        layout: BookLayout,
        language: str,
        previous: ContentVersion | None,
    ) -> Cast:
        """Keep and return the cast of `version`; `previous` is the version that serves now."""
        found = await self._extractor.extract(text, layout, language)
        await self._keep(version, found.documents)
        known = await self._casts.get(previous, WHOLE_BOOK) if previous else None
        cast = with_lasting_ids(version.book_id, found.cast, known)
        await self._casts.put(version, cast)
        self._metrics.characters_extracted(len(cast.characters))
        return cast

    async def _keep(self, version: ContentVersion, documents: Mapping[str, bytes]) -> None:
        for name, content in documents.items():
            await self._blobs.put(f"{cast_blobs(version)}/{name}", _whole(content))


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
