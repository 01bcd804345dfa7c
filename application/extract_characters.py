"""Find a version's cast, and give its people the ids that the book's earlier versions gave them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

from application.blob_keys import cast_blobs
from application.corrected_casts import CorrectedCasts
from application.ports.blob_store import BlobStore
from application.ports.character_extractor import CharacterExtractor
from application.ports.metrics import Metrics
from application.ports.older_content import OlderCharacter, OlderCharacters
from domain.book import BookLayout, ContentVersion
from domain.cast import Alias, Cast, Character
from domain.character_ids import with_lasting_ids
from domain.span import Span


class ExtractCharacters:
    def __init__(
        self,
        *,
        extractor: CharacterExtractor,
        corrected_casts: CorrectedCasts,
        blobs: BlobStore,
        metrics: Metrics,
        older: OlderCharacters | None = None,
    ) -> None:
        self._extractor = extractor
        self._corrected_casts = corrected_casts
        self._blobs = blobs
        self._metrics = metrics
        self._older = older

    async def extract(
        self,
        version: ContentVersion,
        text: str,
        layout: BookLayout,
        language: str,
        previous: ContentVersion | None,
    ) -> Cast:
        """Keep and return the cast of `version`; `previous` is the version that serves now.

        Without one, the characters that an older backend has found are the book's earlier ones.
        What people have put right in the book's cast is put right in this one, too; the warnings
        tell of what could not be.
        """
        found = await self._extractor.extract(text, layout, language)
        await self._keep(version, found.documents)
        known = await self._known(version, previous)
        cast = with_lasting_ids(version.book_id, found.cast, known)
        kept = await self._corrected_casts.put_found(version, cast, text)
        self._metrics.characters_extracted(len(kept.cast.characters))
        lost = (f"A correction could not be made: {p.reason}" for p in kept.problems)
        return replace(kept.cast, warnings=(*kept.cast.warnings, *lost))

    async def _known(self, version: ContentVersion, previous: ContentVersion | None) -> Cast | None:
        if previous is not None:
            return await self._corrected_casts.found(previous)
        if self._older is None:
            return None
        return Cast(tuple(map(_as_known, await self._older.characters(version.book_id))))

    async def _keep(self, version: ContentVersion, documents: Mapping[str, bytes]) -> None:
        for name, content in documents.items():
            await self._blobs.put(f"{cast_blobs(version)}/{name}", _whole(content))


def _as_known(older: OlderCharacter) -> Character:
    """By its names alone: an older backend kept no places."""
    names = dict.fromkeys((older.name, *older.aliases))
    return Character(
        id=older.id,
        name=older.name,
        aliases=tuple(Alias(name, known_from=0) for name in names),
        first_mention=Span(0, 0),
    )


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
