"""Chunks that an older backend indexed, before there were versions and positions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from adapters.outbound.typesense.any_of import Wanted, find
from adapters.outbound.typesense.client import Absent, TypesenseConnection
from adapters.outbound.typesense.keyword_index import SEARCH_SECONDS
from domain.errors import StoreUnavailable
from domain.ids import BookId
from domain.terms import searchable_words

TEXT_FIELDS = ("text", "content", "chunk", "chunk_text")
_STRINGS = ("string", "string*", "auto")


class TypesenseOlderPassages:
    """In the plain collection named by the book's id, whose text is in the first field of strings
    that has one of the usual names."""

    def __init__(self, typesense: TypesenseConnection) -> None:
        self._typesense = typesense

    async def passages(self, book_id: BookId, words: str, limit: int) -> Sequence[str]:
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                return await self._found(book_id, words, limit)
        except TimeoutError as error:
            raise StoreUnavailable("The keyword index (TypeSense) took too long.") from error
        except Absent:
            return []

    async def _found(self, book_id: BookId, words: str, limit: int) -> list[str]:
        field = await self._text_field(book_id)
        if field is None:
            return []
        wanted = Wanted(
            collection=book_id,
            words=[word.casefold() for word in searchable_words(words)],
            fields=field,
            shown=f"id,{field}",
            limit=limit,
        )
        return [found.document[field] for found in await find(self._typesense, wanted)]

    async def _text_field(self, book_id: BookId) -> str | None:
        collection = await self._typesense.get("collections", book_id)
        strings = {f["name"] for f in collection["fields"] if f["type"] in _STRINGS}
        return next((name for name in TEXT_FIELDS if name in strings), None)
