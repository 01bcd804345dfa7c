"""The casts of content versions with people's corrections in them, and what they were found as.

A cast as the extractor found it is kept beside the version once a correction changes it, so that a
correction can be undone; where none is kept, the version's cast is as it was found.
"""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass

from application.blob_keys import cast_blobs
from application.ports.blob_store import BlobStore
from application.ports.cast_repository import CastRepository
from application.ports.correction_repository import CorrectionRepository
from application.ports.text_store import TextStore
from application.text_up_to import text_up_to
from domain.book import ContentVersion
from domain.cast import Cast
from domain.corrected import Corrected, corrected
from domain.corrections import Correction
from domain.frontier import WHOLE_BOOK
from domain.whole_cast_json import whole_cast_from_json, whole_cast_to_json

_NAME = "cast.json.gz"


@dataclass(frozen=True, slots=True)
class Replayed:
    log: tuple[Correction, ...]
    outcome: Corrected
    text: str


class CorrectedCasts:
    def __init__(
        self,
        *,
        casts: CastRepository,
        texts: TextStore,
        blobs: BlobStore,
        corrections: CorrectionRepository,
    ) -> None:
        self._casts = casts
        self._texts = texts
        self._blobs = blobs
        self._corrections = corrections

    async def replayed(self, version: ContentVersion) -> Replayed | None:
        """What the version's cast should be by now; None where nobody has ever corrected it."""
        log = tuple(await self._corrections.of_book(version.book_id))
        if not log and not await self._blobs.keys_under(_found(version)):
            return None
        found, text = await self.found(version), await self.text(version)
        return Replayed(log, await asyncio.to_thread(corrected, found, text, log), text)

    async def put_found(self, version: ContentVersion, found: Cast, text: str) -> Corrected:
        """Keep a cast that was just found, with the book's corrections made in it."""
        log = await self._corrections.of_book(version.book_id)
        outcome = await asyncio.to_thread(corrected, found, text, log)
        if log:
            await self._keep(version, found)
        else:
            await self._blobs.delete(_found(version))
        await self._casts.put(version, outcome.cast)
        return outcome

    async def put(self, version: ContentVersion, cast: Cast) -> None:
        """In place of the version's cast, which stays known as it was found."""
        if not await self._blobs.keys_under(_found(version)):
            await self._keep(version, await self._casts.whole(version))
        await self._casts.put(version, cast)

    async def found(self, version: ContentVersion) -> Cast:
        """As the extractor found it."""
        if not await self._blobs.keys_under(_found(version)):
            return await self._casts.whole(version)
        async with self._blobs.local(f"{_found(version)}/{_NAME}") as path:
            written = await asyncio.to_thread(path.read_bytes)
        return await asyncio.to_thread(lambda: whole_cast_from_json(gzip.decompress(written)))

    async def text(self, version: ContentVersion) -> str:
        return await text_up_to(self._texts, version, WHOLE_BOOK)

    async def _keep(self, version: ContentVersion, found: Cast) -> None:
        written = await asyncio.to_thread(lambda: gzip.compress(whole_cast_to_json(found)))
        await self._blobs.put(f"{_found(version)}/{_NAME}", _whole(written))


def _found(version: ContentVersion) -> str:
    return f"{cast_blobs(version)}/found"


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
