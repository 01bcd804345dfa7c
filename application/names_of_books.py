"""What the people of the books are called that were searched lately."""

from __future__ import annotations

from application.books_in_memory import BooksInMemory
from application.ports.cast_repository import CastRepository
from domain.book import BookLayout, ContentVersion
from domain.other_names import OtherNames

MAX_BYTES = 16 * 2**20  # some hundred novels


class NamesOfBooks:
    def __init__(self, casts: CastRepository, *, max_bytes: int = MAX_BYTES) -> None:
        self._casts = casts
        self._kept = BooksInMemory[OtherNames](max_bytes, lambda names: names.nbytes)

    async def of(
        self, version: ContentVersion, layout: BookLayout, cast_revision: str
    ) -> OtherNames:
        """Of the version's cast as it is now. Raises StoreUnavailable."""

        async def make() -> OtherNames:
            # All of it, whatever the reader may see: it is cut at the frontier when asked.
            return OtherNames(await self._casts.whole(version))

        return await self._kept.get(version, (layout, cast_revision), make)
